package import WeftRecipes

/// A recipe as a plan: the model that it writes, and what becomes of the adapters.
package struct RecipePlan: Sendable {
  /// The recipe, with the files that were found for its models and adapters.
  package let recipe: MergeRecipe
  /// What becomes of the adapters' tensors, in the order of the steps.
  package let adapters: [AdapterPlan]
  /// The model that is written.
  package let model: ModelPlan
  /// The same values as of a model that could be run without being written.
  package let unwritten: AdaptedModel
}
