/// What is another way for the inputs that a glob fits.
struct PipelineOverride: Sendable {
  /// The inputs.
  let glob: PathGlob
  /// Values that take the place of variables'.
  let variables: [RecipeNode.Entry]
  /// Keys that take the place of steps', by the names of the steps.
  let steps: [RecipeNode.Entry]
  /// The steps that are left out.
  let skipped: [RecipeReference]
  /// Where it is in the text.
  let position: SourcePosition?

  /// Whether it changes what steps say, so that they must be read again.
  var changesSteps: Bool { !variables.isEmpty || !steps.isEmpty }

  /// Puts the variables and keys into those of the text.
  func apply(variables all: inout [RecipeNode.Entry], steps allSteps: inout [RecipeNode.Entry]) {
    for variable in variables { all.replace(variable) }
    for step in steps {
      guard let index = allSteps.firstIndex(where: { $0.key == step.key }),
        case .map(var keys) = allSteps[index].value.kind, case .map(let changes) = step.value.kind
      else { continue }
      for change in changes { Self.apply(change, to: &keys) }
      allSteps[index] = RecipeNode.Entry(
        key: step.key, position: allSteps[index].position,
        value: RecipeNode(kind: .map(keys), position: allSteps[index].value.position))
    }
  }

  /// Puts a key into a step's, or takes it out for a value of nothing; a first key without a value stays, and takes
  /// the step before.
  private static func apply(_ change: RecipeNode.Entry, to keys: inout [RecipeNode.Entry]) {
    if change.value.isNothing, PipelineStepKind(rawValue: change.key) == nil {
      keys.removeAll { $0.key == change.key }
    } else {
      keys.replace(change)
    }
  }
}

extension [RecipeNode.Entry] {
  /// Puts an entry in the place of the one with its key, or at the end.
  fileprivate mutating func replace(_ entry: RecipeNode.Entry) {
    if let index = firstIndex(where: { $0.key == entry.key }) {
      self[index] = entry
    } else {
      append(entry)
    }
  }
}
