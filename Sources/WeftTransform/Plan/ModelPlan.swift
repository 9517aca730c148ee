package import WeftFiles
package import WeftTensors

/// A model that is to be written, as a value: what becomes of every tensor, and the exact output, before any data is read.
package struct ModelPlan: Sendable {
  /// A tensor of an input that is not in the output, and why.
  package struct Drop: Sendable, Equatable {
    /// The tensor's name.
    package let name: String
    /// Why it is left out.
    package let reason: String
  }

  /// The form that was asked for.
  package let choice: OutputRecipe
  /// The model that is read.
  package let base: BaseModel
  /// The layout of the output.
  package let layoutName: String
  /// The output's tensors.
  package let tensors: [PlannedTensor]
  /// What was decided about the tensors' types, when the model is quantised.
  package let decisions: [FormDecision]
  /// The tensors of the base that the output leaves out.
  package let dropped: [Drop]
  /// The files of the output, and where everything is in them.
  package let layout: OutputLayout
  /// The largest amount of memory that a run will hold, in bytes.
  package let predictedPeakByteCount: Int
  /// The most threads that keep to the memory that a run may hold.
  package let threadLimit: Int
  /// How the values come about, in sentences.
  package let remarks: [String]
  /// What the user should know before the run, in sentences.
  package let warnings: [String]
  /// Everything that is read.
  package let checkpoints: [Checkpoint]
  /// The files that are hashed while the output is written.
  package let hashes: PendingHashes
  /// The recipe as the output's metadata has it.
  package let recipeValue: JSONValue

  /// The files that are read, which the output must not replace.
  package var inputFiles: [InputFile] { checkpoints.flatMap(\.files) }

  /// The number of output tensors of each kind.
  package func count(_ action: PlannedTensor.Action) -> Int {
    tensors.count { $0.action == action }
  }

  /// The tensors that the output leaves out, by the reason, most first.
  package var dropsByReason: [(reason: String, names: [String])] {
    Dictionary(grouping: dropped, by: \.reason)
      .map { (reason: $0.key, names: $0.value.map(\.name)) }
      .sorted { ($1.names.count, $0.reason) < ($0.names.count, $1.reason) }
  }

  /// The runner of exactly this plan.
  package func runner(options: RunOptions) -> ModelRunner {
    var limited = options
    limited.threads = min(options.threads, threadLimit)
    return ModelRunner(
      tensors: tensors, layout: layout, checkpoints: checkpoints, hashes: hashes, options: limited)
  }
}
