import WeftFiles
import WeftFormats
import WeftTensors

/// The adapters of one fuse, opened and resolved against the model that takes them.
struct AdapterFusion {
  let sources: [AdapterSource]
  let plans: [AdapterPlan]
  let contributions: [Contribution]
  /// The adapters that change nothing, by their paths.
  let idle: [String]

  /// Opens the adapters of a recipe and finds what each of their tensors changes.
  init(
    _ recipe: FuseRecipe, base: BaseModel, normBase: BaseModel?, tloraBase: BaseModel?,
    library: FormatLibrary
  ) throws {
    sources = try recipe.adapters.map { try AdapterSource.open($0, library: library) }
    try tloraBase?.requireTrainingModel(of: sources, for: base)
    let resolver = ModuleResolver(
      base: base, normBase: normBase, tloraBase: tloraBase,
      aliases: try base.aliases(library: library),
      recipe: recipe, library: library)
    let resolved = try sources.map(resolver.resolve)
    plans = resolved.map(\.plan)
    contributions = resolved.flatMap(\.contributions)
    idle = resolved.filter { $0.contributions.allSatisfy(\.isIdentity) }.map {
      $0.plan.request.path
    }
  }

  /// The values of the tensors that the adapters change, from what they were before.
  func values(
    from start: @escaping (CanonicalName) -> ComputedValue?
  ) throws -> [CanonicalName: ComputedValue] {
    try ValueBuilder(start: start).values(contributions)
  }

  /// What the user should know of adapters that change nothing.
  var warnings: [String] { idle.map { "\($0) changes nothing" } }

  /// Sentences about the order of the adapters, where it matters.
  var remarks: [String] {
    let count = ValueBuilder.orderedTargets(contributions)
    guard count > 0 else { return [] }
    let names = sources.map { Paths.name(of: $0.request.path) }
    return [
      "\(count) tensors are changed by adapters that are not sums, so the order counts: "
        + names.joined(separator: ", then ")
    ]
  }
}

extension BaseModel {
  /// Refuses a training model of T-LoRA adapters that is of another architecture, or that none of the adapters needs.
  fileprivate func requireTrainingModel(of sources: [AdapterSource], for base: BaseModel) throws {
    let modules = sources.flatMap { $0.parts.flatMap(\.reading.modules) }
    guard modules.contains(where: { $0.family.id == TimestepAdapter.family }) else {
      throw TransformError.refused(
        "a training model is given, but none of the adapters is a T-LoRA", at: checkpoint.path,
        advice: "leave it out")
    }
    guard recognition.architecture?.kin == base.recognition.architecture?.kin else {
      throw TransformError.refused(
        "the training model is \(architectureID), but the model is \(base.architectureID)",
        at: checkpoint.path, advice: "give the model that the T-LoRA was trained on")
    }
  }
}
