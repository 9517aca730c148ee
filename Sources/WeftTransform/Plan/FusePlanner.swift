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
    if let control = try ControlLoRA.find(in: recipe, library: library) {
      return try plan(control, of: base, threads: threads)
    }
    let normBase = try recipe.normBasePath.map {
      try BaseModel.openStock($0, for: base, library: library)
    }
    let tloraBase = try recipe.tloraBasePath.map { try BaseModel.open($0, library: library) }
    let fusion = try AdapterFusion(
      recipe, base: base, normBase: normBase, tloraBase: tloraBase, library: library)
    let foundation = try Foundation(base, choice: recipe.output, library: library)
    let values = try fusion.values(from: foundation.value)
    if recipe.output.vaePath == nil, !recipe.mayBeUnchanged {
      try refuseUnchanged(values, sources: fusion.sources)
    }
    let model = try ModelPlanner(
      foundation: foundation, choice: recipe.output, values: values,
      operation: .fuse(
        recipe, sources: fusion.sources, normBase: normBase, tloraBase: tloraBase),
      remarks: fusion.remarks, warnings: fusion.warnings, library: library
    ).plan(threads: threads)
    return FusePlan(recipe: recipe, adapters: fusion.plans, model: model)
  }

  /// A ControlNet instead of the model.
  private func plan(_ control: ControlLoRA, of base: BaseModel, threads: Int) throws -> FusePlan {
    let foundation = try Foundation(base, choice: recipe.output, library: library)
    let built = try ControlNetBuilder(
      control: control, base: base, start: foundation.value, library: library
    ).build()
    let model = try ModelPlanner(
      foundation: try Foundation(built.model, choice: OutputRecipe(), library: library),
      choice: recipe.output, values: built.values,
      operation: .fuse(recipe, sources: [control.source], normBase: nil, tloraBase: nil),
      remarks: built.remarks, warnings: [], library: library, origin: base
    ).plan(threads: threads)
    return FusePlan(recipe: recipe, adapters: [built.plan], model: model)
  }

  /// Refuses a run in which no adapter does anything: the fused model would be the model.
  private func refuseUnchanged(
    _ values: [CanonicalName: ComputedValue], sources: [AdapterSource]
  ) throws {
    guard values.isEmpty else { return }
    throw TransformError.refused(
      "the output would be the unchanged model: the adapters' strengths or the weights of their "
        + "blocks are 0, or nothing of them is left by --norm skip",
      at: sources.map(\.request.path).joined(separator: ", "),
      advice: "give a strength after the adapter's path, as in PATH:0.8")
  }
}

extension BaseModel {
  /// Opens the stock model of `--norm delta`, which must be of the base's architecture.
  static func openStock(
    _ path: String, for base: BaseModel, library: FormatLibrary
  ) throws -> BaseModel {
    let stock = try BaseModel.open(path, library: library)
    guard stock.recognition.architecture?.id == base.recognition.architecture?.id else {
      throw TransformError.refused(
        "the stock model is \(stock.architectureID), but the model is \(base.architectureID)",
        at: path, advice: "give the stock model that the model was made from")
    }
    return stock
  }
}
