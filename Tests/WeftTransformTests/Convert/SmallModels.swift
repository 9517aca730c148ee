import Foundation
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// Small whole models of any architecture, in the LDM layout, with weights that follow from their names.
enum SmallModels {
  /// The widths; everything else is the real model's.
  static let dimensions: [String: Dimensions] = [
    "unet": [:],
    "vae": ["channels": .list([32, 32, 64, 64])],
    "text_encoder": ["width": .integer(32), "vocabulary": .integer(64)],
    "text_encoder_2": ["width": .integer(64), "vocabulary": .integer(64)],
  ]

  /// As many blocks as the architecture has, with few channels.
  private static func dimensions(of architecture: Architecture) throws -> [String: Dimensions] {
    var result = dimensions
    let real = try architecture.component("unet")?.dimensions()
    guard case .list(let channels)? = real?["channels"], let first = channels.first else {
      return result
    }
    result["unet"]?["channels"] = .list(channels.map { $0 * 32 / first })
    // The UNet takes what the text encoders of this architecture give together.
    let encoders = ["text_encoder": 32, "text_encoder_2": 64].filter {
      architecture.component($0.key) != nil
    }
    result["unet"]?["context"] = .integer(encoders.values.reduce(0, +))
    return result
  }

  /// The tensors of a layout, and what LDM files hold besides.
  static func tensors(
    _ id: String, library: FormatLibrary, dtype: DType = .f16, extras: Bool = true
  ) throws -> [HashedFile.Tensor] {
    guard let architecture = library.architecture(id) else { throw Missing() }
    let canonical = try architecture.expanded(try dimensions(of: architecture))
    let arrangement = try architecture.arrange(
      canonical.map { (name: $0.name, shape: $0.shape) }, layout: "ldm")
    var tensors = try arrangement.tensors.map { tensor in
      switch tensor.content {
      case .slices(let slices):
        try HashedFile.Tensor(
          tensor.name, tensor.shape, dtype, tag: "small", seed: slices[0].name.description)
      case .range: try HashedFile.Tensor(range: tensor.name, tensor.shape)
      case .fill:
        try HashedFile.Tensor(tensor.name, tensor.shape, .f32, tag: "small", seed: tensor.name)
      }
    }
    if extras {
      tensors.append(
        try HashedFile.Tensor("alphas_cumprod", Shape([1000]), .f32, tag: "small", seed: "a"))
      tensors.append(try HashedFile.Tensor("v_pred", Shape([]), .f32, bytes: [0, 0, 0, 0]))
    }
    return tensors
  }

  struct Missing: Error {}
}

extension Workshop {
  /// Writes a small whole model in the LDM layout.
  func writeModel(_ id: String, dtype: DType = .f16) throws -> String {
    let path = path("\(id)-\(dtype.rawValue).safetensors")
    try HashedFile.write(
      try SmallModels.tensors(id, library: library, dtype: dtype), to: path,
      options: RunOptions(threads: 2))
    return path
  }

  /// Converts and gives the path of the output.
  @discardableResult
  func convert(
    _ input: String, to output: String, threads: Int = 2,
    _ change: (inout OutputRecipe) -> Void = { _ in }
  ) throws -> ModelPlan {
    var recipe = ConvertRecipe(inputPath: input)
    change(&recipe.output)
    let plan = try ConvertPlanner.plan(recipe, library: library, threads: threads)
    var options = RunOptions(threads: threads)
    options.syncs = false
    _ = try plan.runner(options: options).run(path: output, inputs: plan.inputFiles) { _ in }
    return plan
  }
}

/// Every tensor's type, shape and bytes, by name.
func contents(_ path: String) throws -> [String: [UInt8]] {
  let checkpoint = try Checkpoint.open(path)
  return try Dictionary(
    uniqueKeysWithValues: checkpoint.tensors.map { tensor in
      let label = "\(tensor.info.name) \(tensor.info.dtype.rawValue) \(tensor.info.shape)"
      return (label, try tensor.bytes())
    })
}
