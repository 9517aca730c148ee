import WeftFiles
import WeftTensors

/// An adapter as one safetensors file that is about to be written.
struct AdapterFile {
  let tensors: [PlannedTensor]
  let metadata: [String: String]
  /// What is read; its files must not be replaced.
  let inputs: [Checkpoint]

  /// Writes the file, which appears complete or not at all, with no more threads than memory allows.
  func write(
    to path: String, options: RunOptions, progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> RunSummary {
    let layout = try OutputLayout.safetensors(
      tensors.map(\.info), metadata: metadata, path: path)
    var limited = options
    limited.threads = MemoryPrediction.threadCount(tensors, wanted: options.threads)
    let runner = ModelRunner(
      tensors: tensors, layout: layout, checkpoints: inputs, options: limited)
    return try runner.run(path: path, inputs: inputs.flatMap(\.files), progress: progress)
  }
}
