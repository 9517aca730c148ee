/// A conversion: one model in, the same model out in another form.
package struct ConvertRecipe: Sendable {
  /// The model, or any file of tensors.
  package var inputPath: String
  /// The form of the output.
  package var output = OutputRecipe()

  /// Makes a recipe that keeps everything.
  package init(inputPath: String) { self.inputPath = inputPath }
}
