import WeftFiles
import WeftInference
import WeftKernels
import WeftNetworks
import WeftTensors

/// Latents as tensors in files.
enum LatentFiles {
  /// The name of the one tensor.
  static let name = "latents"

  /// Reads `latents`, `[N, C, h, w]`.
  static func read(_ path: String) throws -> (latents: Latents, files: [InputFile]) {
    let inputs = try NetworkInputs.open(path)
    guard let tensor = inputs[name]?.tensor else {
      throw InferenceError(
        status: .badData,
        what: "there is no tensor '\(name)', but \(inputs.names.joined(separator: ", "))",
        place: path, advice: "give a file that --save-latents wrote")
    }
    guard tensor.shape.rank == 4, tensor.elementCount > 0 else {
      throw InferenceError(
        status: .badData, what: "'\(name)' is \(tensor.shape)", place: path,
        advice: "latents are [pictures, channels, height / 8, width / 8]")
    }
    return (Latents(tensor), inputs.files)
  }

  /// Writes tensors by name.
  static func write(
    _ tensors: [(name: String, latents: Latents)], to path: String, _ work: WorkOptions,
    inputs: [InputFile]
  ) throws {
    try TensorOutput.write(
      tensors.map { NamedTensor($0.name, $0.latents.tensor) }, to: path, replacing: work.force,
      syncs: !work.noSync, inputs: inputs)
  }
}
