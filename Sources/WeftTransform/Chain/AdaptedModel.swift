package import WeftFormats
import WeftTensors

/// A model with the adapters that are applied to it when it runs, which a fuse would write into its weights.
package struct AdaptedModel: Sendable {
  /// The model.
  package let base: BaseModel
  /// The tensors whose values are others than the base's own.
  package let values: [CanonicalName: ComputedValue]
  /// What becomes of the adapters' tensors.
  package let adapters: [AdapterPlan]

  /// A model as it is.
  package init(_ base: BaseModel) {
    (self.base, values, adapters) = (base, [:], [])
  }

  /// A model with everything that was put in its place, and what is changed beside.
  init(
    _ foundation: Foundation, changed: [CanonicalName: ComputedValue], adapters: [AdapterPlan]
  ) {
    base = foundation.base
    let replaced = foundation.replacements.mapValues { ComputedValue($0.block()) }
    values = replaced.merging(changed) { _, changed in changed }
    self.adapters = adapters
  }

  /// The model and the adapters of a recipe; how the output would be written does not matter.
  ///
  /// - Throws: what a fuse is refused for.
  package static func open(
    _ recipe: FuseRecipe, library: FormatLibrary
  ) throws -> AdaptedModel {
    let base = try BaseModel.open(recipe.basePath, library: library)
    guard try ControlLoRA.find(in: recipe, library: library) == nil else {
      throw TransformError.refused(
        "a Control-LoRA changes nothing in a model, but makes a ControlNet of it",
        at: recipe.adapters.map(\.path).joined(separator: ", "), advice: "fuse it first")
    }
    let fusion = try AdapterFusion(
      recipe, base: base,
      normBase: try recipe.normBasePath.map {
        try BaseModel.openStock($0, for: base, library: library)
      },
      tloraBase: try recipe.tloraBasePath.map { try BaseModel.open($0, library: library) },
      library: library)
    let foundation = try Foundation(base, choice: recipe.output, library: library)
    return AdaptedModel(
      foundation, changed: try fusion.values(from: foundation.value), adapters: fusion.plans)
  }
}
