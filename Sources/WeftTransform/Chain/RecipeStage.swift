import WeftFiles
import WeftFormats
import WeftTensors

/// What a model or a step of a recipe gives: a model's form, and the values that differ from its own.
struct RecipeStage {
  /// The name in the recipe.
  let name: String
  /// The model whose tensors, names and layout the result has.
  let foundation: Foundation
  /// The canonical tensors that were changed.
  var values: [CanonicalName: ComputedValue] = [:]

  var base: BaseModel { foundation.base }

  /// The values of a canonical tensor; nil when there is none of the name.
  func value(_ name: CanonicalName) -> ComputedValue? {
    values[name] ?? foundation.value(name)
  }
}

/// Everything that the stages of a recipe tell people and reports.
struct RecipeLog {
  /// What becomes of the adapters, in the order of the steps.
  var adapters: [AdapterPlan] = []
  /// How the values come about, in sentences.
  var remarks: [String] = []
  /// What the user should know.
  var warnings: [String] = []
  /// Everything that is read.
  var checkpoints: [Checkpoint] = []
}
