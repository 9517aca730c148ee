/// A fuse as a value: the model that it writes, and what becomes of the adapters.
package struct FusePlan: Sendable {
  /// What was asked for.
  package let recipe: FuseRecipe
  /// What becomes of the adapters' tensors, in the order of the recipe.
  package let adapters: [AdapterPlan]
  /// The model that is written.
  package let model: ModelPlan
}
