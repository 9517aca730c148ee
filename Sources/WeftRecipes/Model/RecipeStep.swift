/// One step of a recipe: what it makes has a name that later steps may use.
package struct RecipeStep: Sendable, Equatable {
  /// What a step does.
  package enum Action: Sendable, Equatable {
    /// Checkpoints become one.
    case merge(MergeStep)
    /// Adapters are fused into one.
    case fuse(FuseStep)
  }

  /// The name of its result.
  package var name: String
  /// What it does.
  package var action: Action
  /// Where the name is in the text.
  package var position: SourcePosition?

  /// Makes a step.
  package init(name: String, action: Action, position: SourcePosition? = nil) {
    self.name = name
    self.action = action
    self.position = position
  }

  /// The models and steps that it takes, in the order in which it names them.
  package var references: [RecipeReference] {
    switch action {
    case .merge(let step): step.inputs.map(\.reference) + (step.base.map { [$0] } ?? [])
    case .fuse(let step): [step.base] + step.besides
    }
  }

  /// Whether the steps are equal, wherever they are in a text.
  package static func == (left: RecipeStep, right: RecipeStep) -> Bool {
    left.name == right.name && left.action == right.action
  }
}
