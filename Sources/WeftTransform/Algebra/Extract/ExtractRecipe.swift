/// Everything that decides an adapter that is extracted from two models.
package struct ExtractRecipe: Sendable {
  /// The model that was tuned.
  package var tunedPath: String
  /// The model that it was tuned from.
  package var basePath: String
  /// The components whose differences are extracted; all that have names in the spelling when empty.
  package var components: [String] = []
  /// How the adapter is written.
  package var form = AdapterForm()

  /// Makes a recipe with every option at its default.
  package init(tunedPath: String, basePath: String) {
    self.tunedPath = tunedPath
    self.basePath = basePath
  }
}
