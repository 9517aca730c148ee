import WeftFiles
import WeftFormats
import WeftTensors

/// Puts the plan of an output together: its tensors, its metadata, its files.
struct ModelPlanner {
  let base: BaseModel
  let choice: OutputRecipe
  /// What adapters do to the tensors; empty for a conversion.
  let updates: [CanonicalName: Update]
  /// The members of the recipe that are not about the output's form.
  let operation: RecipeOperation
  /// What the user should know of the operation.
  let warnings: [String]
  let library: FormatLibrary

  func plan(threads: Int) throws -> ModelPlan {
    // In one file such a model may be somebody's experiment; a folder was put together wrongly.
    if base.checkpoint.format == .diffusers, let contradiction = base.contradiction {
      throw TransformError.badData(
        contradiction, at: base.checkpoint.path,
        advice: "complete the download, or give the component's folder alone")
    }
    let vae = try choice.vaePath.map { try VAEReplacement.open($0, for: base, library: library) }
    var replacements = try MovingAverages(of: base).replacements(choice.averages)
    replacements.merge(vae?.stored ?? [:]) { _, baked in baked }
    let output = try OutputPlanner(
      choice: choice, base: base, updates: updates, replacements: replacements, library: library
    ).plan()
    let checkpoints =
      [base.checkpoint] + operation.checkpoints + (vae.map { [$0.model.checkpoint] } ?? [])
    let inputs = checkpoints.flatMap(\.files)
    let hashes = PendingHashes(choice.hashesParents ? inputs : [])
    let metadata = OutputMetadata(
      choice: choice, base: base, operation: operation, vae: vae?.model,
      layout: output.layoutName, hashes: hashes)
    let recipeValue = metadata.recipeValue()
    let threadLimit = MemoryPrediction.threadCount(output.tensors, wanted: threads)
    let container = ContainerPlanner(
      choice: choice, base: base, output: output, metadata: metadata.entries(recipe: recipeValue),
      library: library)
    return ModelPlan(
      choice: choice, base: base, layoutName: output.layoutName, tensors: output.tensors,
      dropped: output.dropped, layout: try container.plan(),
      predictedPeakByteCount: MemoryPrediction.byteCount(output.tensors, threads: threadLimit),
      threadLimit: threadLimit,
      warnings: try PlanWarnings(
        choice: choice, base: base, vae: vae?.model, isFuse: !updates.isEmpty, output: output
      ).sentences + warnings + container.notes()
        + checkpoints.flatMap { PickleAlarm.remarks(on: $0, names: library.pickleNames) },
      checkpoints: checkpoints, hashes: hashes, recipeValue: recipeValue)
  }
}
