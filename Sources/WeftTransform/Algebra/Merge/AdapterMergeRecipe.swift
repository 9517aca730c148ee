/// Everything that decides an adapter that is made of others.
package struct AdapterMergeRecipe: Sendable {
  /// The adapters and their strengths, in their order.
  package var adapters: [AdapterRequest]
  /// The model that the adapters are for; nil when none of them depends on it.
  package var basePath: String?
  /// What happens to the norms that a ResAdapter replaces.
  package var normMode = NormMode.replace
  /// What an alpha of zero means.
  package var alphaZero = AlphaZero.refused
  /// Patterns of tensors that may stay unmatched.
  package var allowedUnmatched: [String] = []
  /// Whether modules that are no sums keep their family and only get other names; needs full strength.
  package var keepsFamilies = false
  /// The program that is to read the result; nil for any.
  package var program: String?
  /// How the adapter is written.
  package var form = AdapterForm()

  /// Makes a recipe with every option at its default.
  package init(adapters: [AdapterRequest]) { self.adapters = adapters }
}
