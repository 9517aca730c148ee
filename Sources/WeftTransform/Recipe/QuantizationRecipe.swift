/// How a model is quantised.
package struct QuantizationRecipe: Sendable {
  /// Which encoder's bytes are written, where a type has several.
  package enum Encoder: String, Sendable, CaseIterable {
    /// The reference encoders of ggml, which weigh errors by the values alone.
    case ggml
    /// What stable-diffusion.cpp writes: ggml's encoders for an importance matrix of ones.
    case sdcpp
  }

  /// A user's own choice of the type of some tensors.
  package struct Rule: Sendable, Hashable {
    /// The pattern of names.
    package let pattern: String
    /// The name of the type, or `keep`.
    package let type: String

    /// Makes a rule.
    package init(pattern: String, type: String) {
      self.pattern = pattern
      self.type = type
    }
  }

  /// The name of the type.
  package var type: String
  /// The user's rules; the first that fits a name decides.
  package var rules: [Rule] = []
  /// The encoder.
  package var encoder = Encoder.ggml
  /// The name of the policy; nil for the usual one of the container.
  package var policy: String?
  /// A file of column weights.
  package var importancePath: String?
  /// The SHA-256 of that file, where another must not be taken; nil for any.
  package var importanceSHA256: String?
  /// Whether tensors that are quantised already may be quantised again.
  package var requantizes = false
  /// Whether values beyond the greatest of an 8-bit type become that value.
  package var saturates = false
  /// The types of single tensors, or `keep`, by their names in the output, as a search for a size or an error chose them.
  package var chosen: [String: String] = [:]

  /// Makes a recipe of a type.
  package init(type: String) { self.type = type }
}
