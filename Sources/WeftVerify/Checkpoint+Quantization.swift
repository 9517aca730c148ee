package import WeftFiles
package import WeftFormats
import WeftRecipes
package import WeftTransform

extension Checkpoint {
  /// How the model's own recipe says that it was quantised, for computing it again.
  ///
  /// - Parameters:
  ///   - importancePath: the importance matrix that is given for it; nil for none.
  ///   - library: what is known of types.
  /// - Returns: the quantisation; nil when the recipe says nothing of it, or there is none.
  /// - Throws: when the recipe asks for a matrix that is not given, or the other way round.
  package func provenQuantization(
    _ importancePath: String?, library: FormatLibrary
  ) throws -> QuantizationRecipe? {
    let written = recipeOutput(library)?.quantization
    switch (written?.imatrixSHA256, importancePath) {
    case (nil, _?):
      throw VerifyError(
        what: "the model's recipe is without an importance matrix", place: path,
        advice: "leave --imatrix out")
    case (_?, nil):
      throw VerifyError(
        what:
          "the model was quantised with an importance matrix, without which its bytes cannot be "
          + "computed again", place: path,
        advice: "add --imatrix FILE, or compare values with --reference and --tolerance ERROR")
    default: break
    }
    guard let written else { return nil }
    var recipe = QuantizationRecipe(written)
    recipe.importancePath = importancePath
    // It decides no byte, and the model is there already.
    recipe.requantizes = true
    return recipe
  }
}
