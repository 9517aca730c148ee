import WeftFormats

/// Makes a recipe of models and steps: resolves their names, brings the steps into order, and refuses what does not
/// fit together.
struct RecipeLinker {
  let origin: RecipeOrigin
  var models: [RecipeModel] = []
  var steps: [RecipeStep] = []

  init(origin: RecipeOrigin) { self.origin = origin }

  /// The recipe of an output whose `from` may not be chosen yet.
  mutating func recipe(output: RecipeOutput) throws(RecipeProblem) -> MergeRecipe {
    try refuseSharedNames()
    for index in steps.indices { steps[index] = try resolved(steps[index]) }
    var output = output
    if var vae = output.vae {
      try resolve(&vae, mustBeModel: "'vae'")
      output.vae = vae
    }
    if output.from == RecipeReader.unchosen {
      output.from = try chosenResult()
    } else {
      try resolve(&output.from)
    }
    steps = try StepOrder(origin: origin, steps: steps).sorted()
    let recipe = MergeRecipe(models: models, steps: steps, output: output)
    try refuseUnused(recipe)
    return recipe
  }

  private func refuseSharedNames() throws(RecipeProblem) {
    guard let step = steps.first(where: { step in models.contains { $0.name == step.name } })
    else { return }
    throw origin.malformed(
      "a model and a step are both called '\(step.name)'", at: step.position,
      advice: "give one of them another name")
  }

  // MARK: References

  private mutating func resolved(_ step: RecipeStep) throws(RecipeProblem) -> RecipeStep {
    var step = step
    switch step.action {
    case .merge(var merge):
      for index in merge.inputs.indices { try resolve(&merge.inputs[index].reference) }
      if var base = merge.base {
        try resolve(&base)
        merge.base = base
      }
      step.action = .merge(merge)
    case .fuse(var fuse):
      try resolve(&fuse.base)
      if var normBase = fuse.normBase {
        try resolve(&normBase, mustBeModel: "'norm_base'")
        fuse.normBase = normBase
      }
      if var tloraBase = fuse.tloraBase {
        try resolve(&tloraBase, mustBeModel: "'tlora_base'")
        fuse.tloraBase = tloraBase
      }
      step.action = .fuse(fuse)
    }
    return step
  }

  /// Finds what a name stands for; a path becomes a model of its own.
  private mutating func resolve(
    _ reference: inout RecipeReference, mustBeModel key: String? = nil
  ) throws(RecipeProblem) {
    let name = reference.name
    if let key, steps.contains(where: { $0.name == name }) {
      throw origin.refused(
        "\(key) is the step '\(name)'", at: reference.position, advice: "name a model")
    }
    guard !isKnown(name) else { return }
    guard name.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }) else {
      throw origin.refused(
        "no model or step is called '\(name)'", at: reference.position,
        advice: advice(name))
    }
    reference.name = modelName(path: name, at: reference.position)
  }

  private func isKnown(_ name: String) -> Bool {
    models.contains { $0.name == name } || steps.contains { $0.name == name }
  }

  private func advice(_ name: String) -> String {
    let known = models.map(\.name) + steps.map(\.name)
    if let nearest = NearestName.of(name, among: known) { return "did you mean '\(nearest)'?" }
    return "add it to 'models', or write a path with a slash, such as ./\(name)"
  }

  /// The name of the model at a path, which is added when it is not there.
  private mutating func modelName(path: String, at position: SourcePosition?) -> String {
    if let model = models.first(where: { $0.path == path && $0.averages == nil && $0.files.isEmpty }
    ) {
      return model.name
    }
    // Not after the path: names go into the metadata of what is made, which says nothing of the user's files.
    var count = 1
    var name = "model"
    while isKnown(name) {
      count += 1
      name = "model-\(count)"
    }
    models.append(RecipeModel(name: name, path: path, position: position))
    return name
  }

  // MARK: Use

  /// The result that is written when `from` is left out.
  private func chosenResult() throws(RecipeProblem) -> RecipeReference {
    let used = Set(steps.flatMap(\.references).map(\.name))
    let names = steps.isEmpty ? models.map(\.name) : steps.map(\.name)
    let results = names.filter { !used.contains($0) }
    if results.count == 1, let name = results.first { return RecipeReference(name) }
    // With steps and no result they go round in a circle, which has an error of its own.
    if results.isEmpty, let name = steps.first?.name { return RecipeReference(name) }
    guard !results.isEmpty else {
      throw origin.refused(
        "the recipe has no models", at: nil, advice: "add 'models' and 'steps'")
    }
    throw origin.refused(
      "several results are used by nothing: \(results.joined(separator: ", "))", at: nil,
      advice: "choose one with 'from' in 'output'")
  }

  private func refuseUnused(_ recipe: MergeRecipe) throws(RecipeProblem) {
    var used: Set<String> = [recipe.output.from.name]
    if let vae = recipe.output.vae { used.insert(vae.name) }
    for step in recipe.steps.reversed() where used.contains(step.name) {
      used.formUnion(step.references.map(\.name))
    }
    if let step = recipe.steps.first(where: { !used.contains($0.name) }) {
      throw origin.refused(
        "the step '\(step.name)' is used by nothing", at: step.position,
        advice: "use it, write it with 'from' in 'output', or leave it out")
    }
    guard let model = recipe.models.first(where: { !used.contains($0.name) }) else { return }
    throw origin.refused(
      "the model '\(model.name)' is used by nothing", at: model.position,
      advice: "use it in a step, or leave it out")
  }
}
