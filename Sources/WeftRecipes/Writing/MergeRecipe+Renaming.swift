extension RecipeStep {
  func renaming(_ name: String, to other: String) -> RecipeStep {
    func renamed(_ reference: RecipeReference) -> RecipeReference {
      reference.name == name ? RecipeReference(other, at: reference.position) : reference
    }
    var step = self
    switch action {
    case .merge(var merge):
      for index in merge.inputs.indices {
        merge.inputs[index].reference = renamed(merge.inputs[index].reference)
      }
      merge.base = merge.base.map(renamed)
      step.action = .merge(merge)
    case .fuse(var fuse):
      fuse.base = renamed(fuse.base)
      fuse.normBase = fuse.normBase.map(renamed)
      fuse.tloraBase = fuse.tloraBase.map(renamed)
      step.action = .fuse(fuse)
    }
    return step
  }
}

extension MergeRecipe {
  /// The recipe with other references to a name; `everywhere`, with the model or step itself renamed as well.
  func renaming(
    _ name: String, to other: String, everywhere: Bool = false
  ) -> MergeRecipe {
    var recipe = self
    recipe.steps = steps.map { $0.renaming(name, to: other) }
    if output.from.name == name { recipe.output.from = RecipeReference(other) }
    if output.vae?.name == name { recipe.output.vae = RecipeReference(other) }
    guard everywhere else { return recipe }
    for index in models.indices where models[index].name == name {
      recipe.models[index].name = other
    }
    for index in steps.indices where steps[index].name == name { recipe.steps[index].name = other }
    return recipe
  }
}
