/// A recipe: models, what is done to them step by step, and the form of the result.
///
/// The steps have no cycles, every name that one mentions is there, and every model and step is used: the readers
/// see to that.
package struct MergeRecipe: Sendable, Equatable {
  /// The models by name, in the order of the text.
  package var models: [RecipeModel] = []
  /// The steps by name; each comes after those whose results it takes.
  package var steps: [RecipeStep] = []
  /// The form of the result.
  package var output: RecipeOutput

  /// Makes a recipe.
  package init(models: [RecipeModel] = [], steps: [RecipeStep] = [], output: RecipeOutput) {
    self.models = models
    self.steps = steps
    self.output = output
  }

  /// The model of a name, or nil.
  package func model(_ name: String) -> RecipeModel? { models.first { $0.name == name } }

  /// The step of a name, or nil.
  package func step(_ name: String) -> RecipeStep? { steps.first { $0.name == name } }
}

/// A name of a model or a step, where another step uses it.
package struct RecipeReference: Sendable, Equatable {
  /// The name.
  package var name: String
  /// Where the name is in the text; nil in a recipe that was not read from text.
  package var position: SourcePosition?

  /// Makes a reference.
  package init(_ name: String, at position: SourcePosition? = nil) {
    self.name = name
    self.position = position
  }

  /// Whether the names are equal, wherever they are.
  package static func == (left: RecipeReference, right: RecipeReference) -> Bool {
    left.name == right.name
  }
}
