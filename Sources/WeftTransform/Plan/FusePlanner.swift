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
    let contributions = resolved.flatMap(\.contributions)
    let foundation = try Foundation(base, choice: recipe.output, library: library)
    let values = try ValueBuilder(start: foundation.value).values(contributions)
    if recipe.output.vaePath == nil, !recipe.mayBeUnchanged {
      try refuseUnchanged(values, sources: sources)
    }
    let model = try ModelPlanner(
      foundation: foundation, choice: recipe.output, values: values,
      operation: .fuse(recipe, sources: sources, normBase: normBase),
      remarks: order(contributions, sources: sources).map { [$0] } ?? [],
      warnings: resolved.filter { $0.contributions.allSatisfy(\.isIdentity) }.map {
        "\($0.plan.request.path) changes nothing"
      }, library: library
    ).plan(threads: threads)
    return FusePlan(recipe: recipe, adapters: resolved.map(\.plan), model: model)
  }

  /// Opens the stock model of `--norm delta`, which must be of the base's architecture.
  private func openStock(_ path: String, for base: BaseModel) throws -> BaseModel {
    let stock = try BaseModel.open(path, library: library)
    guard stock.recognition.architecture?.id == base.recognition.architecture?.id else {
      throw TransformError.refused(
        "the stock model is \(stock.architectureID), but the model is \(base.architectureID)",
        at: path, advice: "give the stock model that the model was made from")
    }
    return stock
  }

  /// Refuses a run in which no adapter does anything: the fused model would be the model.
  private func refuseUnchanged(
    _ values: [CanonicalName: ComputedValue], sources: [AdapterSource]
  ) throws {
    guard values.isEmpty else { return }
    throw TransformError.refused(
      "the output would be the unchanged model: the adapters' strengths are 0, or nothing of them "
        + "is left by --norm skip",
      at: sources.map(\.request.path).joined(separator: ", "),
      advice: "give a strength after the adapter's path, as in PATH:0.8")
  }

  /// A sentence about the order of the adapters, where it matters.
  private func order(_ contributions: [Contribution], sources: [AdapterSource]) -> String? {
    let count = ValueBuilder.orderedTargets(contributions)
    guard count > 0 else { return nil }
    let names = sources.map { Paths.name(of: $0.request.path) }
    return "\(count) tensors are changed by adapters that are not sums, so the order counts: "
      + names.joined(separator: ", then ")
  }
}
