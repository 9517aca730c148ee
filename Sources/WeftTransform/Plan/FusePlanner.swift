import WeftFiles
package import WeftFormats
import WeftTensors

/// Turns a recipe into a plan by reading headers only.
package struct FusePlanner {
  private let recipe: FuseRecipe
  private let library: FormatLibrary

  /// The plan of a recipe, or the error that says why there is none.
  package static func plan(
    _ recipe: FuseRecipe, library: FormatLibrary, threads: Int
  ) throws -> FusePlan {
    try FusePlanner(recipe: recipe, library: library).plan(threads: threads)
  }

  private func plan(threads: Int) throws -> FusePlan {
    let base = try BaseModel.open(recipe.basePath, library: library)
    let normBase = try recipe.normBasePath.map { try openStock($0, for: base) }
    let sources = try recipe.adapters.map {
      try AdapterSource.open($0, library: library)
    }
    let resolver = ModuleResolver(
      base: base, normBase: normBase, aliases: try base.aliases(library: library),
      recipe: recipe, library: library)
    let resolved = try sources.map(resolver.resolve)
    let updates = try UpdateBuilder.updates(resolved.flatMap(\.contributions), base: base)
    let vae = try recipe.vaePath.map { try VAEReplacement.open($0, for: base, library: library) }
    let output = try OutputPlanner(
      recipe: recipe, base: base, updates: updates, replacements: vae?.stored ?? [:],
      library: library
    ).plan()
    if vae == nil { try refuseUnchanged(updates, sources: sources) }
    let checkpoints =
      [base.checkpoint, normBase?.checkpoint, vae?.model.checkpoint].compactMap(\.self)
      + sources.flatMap { $0.parts.map(\.checkpoint) }
    let inputs = checkpoints.flatMap(\.files)
    let hashes = PendingHashes(recipe.hashesParents ? inputs : [])
    let metadata = OutputMetadata(
      recipe: recipe, base: base, sources: sources, normBase: normBase, vae: vae?.model,
      layout: output.layoutName, hashes: hashes)
    let recipeValue = metadata.recipeValue()
    let threadLimit = MemoryPrediction.threadCount(output.tensors, wanted: threads)
    return FusePlan(
      recipe: recipe, base: base, layoutName: output.layoutName, adapters: resolved.map(\.plan),
      tensors: output.tensors, dropped: output.dropped,
      layout: try SafetensorsLayout(
        tensors: output.tensors.map(\.info), metadata: metadata.entries(recipe: recipeValue),
        path: recipe.basePath),
      predictedPeakByteCount: MemoryPrediction.byteCount(output.tensors, threads: threadLimit),
      threadLimit: threadLimit,
      warnings: PlanWarnings(
        recipe: recipe, base: base, vae: vae?.model, adapters: resolved, output: output
      ).sentences,
      inputFiles: inputs, integrity: checkpoints.flatMap(\.integrity), hashes: hashes,
      recipeValue: recipeValue)
  }

  /// Opens the stock model of `--norm delta`, which must be of the base's architecture.
  private func openStock(_ path: String, for base: BaseModel) throws -> BaseModel {
    let stock = try BaseModel.open(path, library: library)
    guard stock.recognition.architecture?.id == base.recognition.architecture?.id else {
      throw TransformError.refused(
        "the stock model is \(stock.recognition.architecture?.id ?? "unknown"), but the model is "
          + "\(base.recognition.architecture?.id ?? "unknown")",
        at: path, advice: "give the stock model that the model was made from")
    }
    return stock
  }

  /// Refuses a run in which no adapter does anything: the fused model would be the model.
  private func refuseUnchanged(
    _ updates: [CanonicalName: Update], sources: [AdapterSource]
  ) throws {
    guard updates.isEmpty else { return }
    throw TransformError.refused(
      "the output would be the unchanged model: the adapters' strengths are 0, or nothing of them "
        + "is left by --norm skip",
      at: sources.map(\.request.path).joined(separator: ", "),
      advice: "give a strength after the adapter's path, as in PATH:0.8")
  }
}
