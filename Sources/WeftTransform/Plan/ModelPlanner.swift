import WeftFiles
import WeftFormats
import WeftTensors

/// Puts the plan of an output together: its tensors, its metadata, its files.
struct ModelPlanner {
  let foundation: Foundation
  let choice: OutputRecipe
  /// The tensors that adapters or merges change; empty for a conversion.
  let values: [CanonicalName: ComputedValue]
  /// The members of the recipe that are not about the output's form.
  let operation: RecipeOperation
  /// How the values come about, in sentences for the plan.
  let remarks: [String]
  /// What the user should know of the operation.
  let warnings: [String]
  let library: FormatLibrary
  /// The model that the recipe names, when that is not the one whose form the output has.
  var origin: BaseModel?

  private var base: BaseModel { foundation.base }

  func plan(threads: Int) throws -> ModelPlan {
    // In one file such a model may be somebody's experiment; a folder was put together wrongly.
    if base.checkpoint.format == .diffusers, let contradiction = base.contradiction {
      throw TransformError.badData(
        contradiction, at: base.checkpoint.path,
        advice: "complete the download, or give the component's folder alone")
    }
    let planned = try OutputPlanner(
      choice: choice, base: base, values: values, replacements: foundation.replacements,
      library: library
    ).plan()
    let output = try FormPlanner(choice: choice, base: base, library: library).apply(to: planned)
    let checkpoints = inputs()
    let hashes = PendingHashes(choice.hashesParents ? checkpoints.flatMap(\.files) : [])
    let metadata = OutputMetadata(
      choice: choice, base: origin ?? base, inherited: base.checkpoint.metadata,
      operation: operation, vae: foundation.vae,
      layout: output.layoutName, hashes: hashes)
    let recipeValue = try metadata.recipeValue()
    let threadLimit = MemoryPrediction.threadCount(output.tensors, wanted: threads)
    let container = ContainerPlanner(
      choice: choice, base: base, output: output, metadata: metadata.entries(recipe: recipeValue),
      library: library)
    return ModelPlan(
      choice: choice, base: base, layoutName: output.layoutName, tensors: output.tensors,
      decisions: output.decisions, dropped: output.dropped, layout: try container.plan(),
      predictedPeakByteCount: MemoryPrediction.byteCount(output.tensors, threads: threadLimit),
      threadLimit: threadLimit, remarks: remarks,
      warnings: try PlanWarnings(
        choice: choice, base: base, vae: foundation.vae, isFuse: !values.isEmpty, output: output
      ).sentences + warnings + output.notes + container.notes()
        + checkpoints.flatMap { PickleAlarm.remarks(on: $0, names: library.pickleNames) },
      checkpoints: checkpoints, hashes: hashes, recipeValue: recipeValue)
  }

  /// Everything that is read, each file once.
  private func inputs() -> [Checkpoint] {
    var seen: Set<String> = []
    let all =
      [base.checkpoint] + operation.checkpoints + (foundation.vae.map { [$0.checkpoint] } ?? [])
    return all.filter { seen.insert($0.path).inserted }
  }
}
