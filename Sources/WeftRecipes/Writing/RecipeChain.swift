package import WeftFormats
import WeftTensors

/// Makes one recipe of a recipe and those of its models, so that all is computed in one pass from the first models.
///
/// What was rounded and written in between is not rounded any more, so the result may differ in the last bits from what
/// was made step by step.
package struct RecipeChain {
  /// The most models and steps: a past with more of them stays a model.
  private static let maximumCount = RecipeReader.maximumCount

  private let path: String
  private let library: FormatLibrary

  /// Makes a chain maker; `path` is the model's, for errors.
  package init(path: String, library: FormatLibrary) {
    self.path = path
    self.library = library
  }

  /// The recipe with every model that was made by a recipe replaced by its making, where one pass can do both.
  package func chain(_ recipe: MergeRecipe) -> MergeRecipe {
    var recipe = recipe
    var index = 0
    while index < recipe.models.count, recipe.models.count + recipe.steps.count < Self.maximumCount
    {
      guard let past = past(of: recipe.models[index]),
        let joined = joined(recipe, model: index, past: past)
      else {
        index += 1
        continue
      }
      // The models of the past stand where the model stood, and may have a past themselves.
      recipe = joined
    }
    return recipe.withoutSpares()
  }

  private func past(of model: RecipeModel) -> MergeRecipe? {
    model.history.flatMap { try? MergeRecipe(metadata: $0, path: path, library: library) }
  }

  /// The recipe with a model replaced, or nil when the past does what only a whole pass can.
  private func joined(
    _ recipe: MergeRecipe, model index: Int, past: MergeRecipe
  ) -> MergeRecipe? {
    let model = recipe.models[index]
    let isSpine = recipe.spine == model.name
    // What was quantised in between stays a model: its values are others by far more than a rounding.
    guard past.output.quantization == nil, model.averages == nil,
      recipe.output.averages != .prefer,
      model.name != recipe.output.vae?.name, isSpine || past.output.vae == nil,
      !recipe.steps.contains(where: { $0.reads(model.name) }),
      recipe.output.vae != nil || past.output.vae == nil || recipe.steps.allSatisfy(\.isFuse),
      let past = withAveragesOfModels(past)
    else { return nil }
    var names = RecipeNames(taken: recipe, without: model.name)
    let renamed = names.renamed(past)
    // Before the past comes in, which may call something of its own so.
    var joined = recipe.renaming(model.name, to: renamed.output.from.name)
    joined.models.replaceSubrange(index...index, with: renamed.models)
    joined.steps.insert(contentsOf: renamed.steps, at: 0)
    if isSpine { joined.output.inherit(renamed.output) }
    return joined
  }

  /// The past with what its output says of moving averages said of its first model instead, or nil when that is not
  /// the same.
  private func withAveragesOfModels(_ past: MergeRecipe) -> MergeRecipe? {
    guard past.output.averages != .keep else { return past }
    guard past.steps.allSatisfy(\.isFuse), let spine = past.spine,
      let first = past.models.firstIndex(where: { $0.name == spine && $0.averages == nil })
    else { return nil }
    var past = past
    past.models[first].averages = past.output.averages
    return past
  }
}

extension RecipeOutput {
  /// Takes over what an earlier output said, where this one says nothing.
  fileprivate mutating func inherit(_ earlier: RecipeOutput) {
    dtype = dtype ?? earlier.dtype
    layout = layout ?? earlier.layout
    vae = vae ?? earlier.vae
    isPruned = isPruned || earlier.isPruned
    allowedUnmatched += earlier.allowedUnmatched.filter { !allowedUnmatched.contains($0) }
  }
}

extension MergeRecipe {
  /// The model that the result has its form and leftovers from: the first of the first.
  fileprivate var spine: String? {
    var name = output.from.name
    for step in steps.reversed() where step.name == name {
      name = step.references.first?.name ?? name
    }
    return model(name)?.name
  }

  /// The recipe with one model for all that have the same files, and without models that nothing uses.
  fileprivate func withoutSpares() -> MergeRecipe {
    var recipe = self
    for model in models {
      let twin = recipe.models.first { other in
        !other.files.isEmpty && other.files == model.files && other.averages == model.averages
      }
      guard let twin, twin.name != model.name else { continue }
      recipe = recipe.renaming(model.name, to: twin.name)
    }
    let used = Set(
      recipe.steps.flatMap(\.references).map(\.name) + [recipe.output.from.name]
        + (recipe.output.vae.map { [$0.name] } ?? []))
    recipe.models.removeAll { !used.contains($0.name) }
    return recipe
  }
}

extension RecipeStep {
  fileprivate var isFuse: Bool { if case .fuse = action { true } else { false } }

  /// Whether a fuse reads the model beside its base, as only a whole file can be read.
  fileprivate func reads(_ name: String) -> Bool {
    if case .fuse(let step) = action { step.besides.contains { $0.name == name } } else { false }
  }
}
