import WeftFiles
package import WeftRecipes
import WeftTensors

extension RecipeModel {
  /// Takes down the files of a model, and the recipe that it was made by itself.
  ///
  /// - Throws: when the recipe names other files.
  mutating func identify(_ checkpoint: Checkpoint) throws {
    try check(checkpoint)
    files = try FileIdentity.identities(of: checkpoint)
    history = checkpoint.recipeText.map {
      (try? JSONValue(parsing: Array($0.utf8))) ?? .string($0)
    }
  }
}

extension RecipeAdapter {
  /// Takes down the files of an adapter.
  ///
  /// - Throws: when the recipe names other files.
  mutating func identify(_ source: AdapterSource) throws {
    let checkpoints = source.parts.map(\.checkpoint)
    try check(checkpoints)
    files = try checkpoints.flatMap(FileIdentity.identities)
  }
}

extension FuseStep {
  /// The step as `weft fuse` has it.
  func recipe(base: BaseModel, allowedUnmatched: [String]) throws -> FuseRecipe {
    var recipe = FuseRecipe(
      basePath: base.checkpoint.path, adapters: try adapters.map(AdapterRequest.init))
    recipe.normMode = NormMode(rawValue: norm) ?? .replace
    recipe.alphaZero = AlphaZero(rawValue: alphaZero) ?? .refused
    recipe.output.allowedUnmatched = allowedUnmatched
    return recipe
  }
}

extension AdapterRequest {
  /// The adapter of a recipe, as the command line has it.
  ///
  /// - Throws: when the recipe does not know its file.
  package init(_ adapter: RecipeAdapter) throws {
    guard let path = adapter.path else {
      throw TransformError.noInput(
        "the file of an adapter is not known", at: nil,
        advice: "give folders to look in with --models, or write its path into the recipe")
    }
    self.init(path: path)
    unetScale = adapter.unetScale
    textEncoderScale = adapter.textEncoderScale
    normWeight = adapter.normWeight
    blockWeights = adapter.blockWeights
    blockRest = adapter.blockRest
    weighsResAdapter = adapter.weighsResAdapter
  }
}
