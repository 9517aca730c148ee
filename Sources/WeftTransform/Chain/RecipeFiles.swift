import WeftFiles
import WeftRecipes
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
      basePath: base.checkpoint.path, adapters: try adapters.map { try $0.request })
    recipe.normMode = NormMode(rawValue: norm) ?? .replace
    recipe.alphaZero = AlphaZero(rawValue: alphaZero) ?? .refused
    recipe.output.allowedUnmatched = allowedUnmatched
    return recipe
  }
}

extension RecipeAdapter {
  /// The adapter as the command line has it.
  var request: AdapterRequest {
    get throws {
      guard let path else {
        throw TransformError.noInput(
          "the file of an adapter is not known", at: nil,
          advice: "give folders to look in with --models, or write its path into the recipe")
      }
      var request = AdapterRequest(path: path)
      request.unetScale = unetScale
      request.textEncoderScale = textEncoderScale
      request.normWeight = normWeight
      request.blockWeights = blockWeights
      request.blockRest = blockRest
      request.weighsResAdapter = weighsResAdapter
      return request
    }
  }
}
