package import WeftTensors

/// The type of an output tensor, and why it is not the one that was asked for.
package struct FormDecision: Sendable {
  /// The tensor's name in the output.
  package let name: String
  /// The type of its elements in the output.
  package let dtype: DType
  /// The form of the output, by the name that reports give it: that of the type, or of the format with scales.
  package let form: String
  /// The type before.
  package let before: String
  /// Why the type is another than the one of the recipe; nil when it is that one.
  package let reason: String?
  /// Whether the type takes the place of one that does not fit the tensor's shape.
  package let isFallback: Bool
  /// The component of the model that the tensor is of; nil for none.
  package let component: String?
  /// The number of elements.
  package let elementCount: Int
  /// The size before, in bytes.
  package let byteCountBefore: Int
  /// The size in the output, in bytes.
  package let byteCount: Int
}
