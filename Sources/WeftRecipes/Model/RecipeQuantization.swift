/// How a recipe's result is quantised, in the words of the options of `weft quantize`.
package struct RecipeQuantization: Sendable, Equatable {
  /// The name of the type.
  package var type: String
  /// The types of the tensors whose names match a pattern, each as `glob=type`; the first that fits decides.
  package var rules: [String] = []
  /// The word for the encoder, one of `encoders`.
  package var encoder = Self.encoders[0]
  /// The name of the policy; nil for the usual one of the container.
  package var policy: String?
  /// The path of the importance matrix; nil for none, and where it is not known.
  package var imatrix: String?
  /// The SHA-256 of the importance matrix; nil where any may be given.
  package var imatrixSHA256: String?
  /// Whether tensors that are quantised already may be quantised again.
  package var requantizes = false
  /// Whether values beyond the greatest of an 8-bit type become that value.
  package var saturates = false
  /// The types of single tensors, or `keep`, by their names in the output.
  package var chosen: [String: String] = [:]

  /// The words for the encoders, the usual one first.
  package static let encoders = ["ggml", "sdcpp"]

  /// Makes the quantisation to a type.
  package init(type: String) { self.type = type }
}
