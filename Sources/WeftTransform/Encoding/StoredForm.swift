package import WeftFiles
import WeftFormats
import WeftTensors

/// The stored tensors that a decoded one stands for, and their form.
package struct StoredForm: Sendable {
  /// A stored tensor.
  package struct Part: Sendable {
    /// The tensor.
    package let tensor: Checkpoint.Tensor
    /// Its name by that of the values; see `ScaledFormat.name(_:of:)`.
    package let template: String
    /// Whether it says something that does not depend on the values, such as the scale of a layer's inputs.
    package let isCompanion: Bool

    /// Makes a part.
    package init(
      _ tensor: Checkpoint.Tensor, template: String = "{name}", isCompanion: Bool = false
    ) {
      self.tensor = tensor
      self.template = template
      self.isCompanion = isCompanion
    }
  }

  /// The form.
  package let form: TensorForm
  /// The tensors, the values' own first.
  package var parts: [Part]

  /// Makes a description.
  package init(_ form: TensorForm, parts: [Part]) {
    self.form = form
    self.parts = parts
  }
}

extension Checkpoint.Tensor {
  /// The form in which the values are stored, when it is not that of the description.
  package var stored: StoredForm? { (source as? DecodedSource)?.stored }
}

extension Checkpoint {
  /// The tensors as they are stored, whether or not the values of some are decoded.
  package var storedTensors: [Tensor] {
    tensors.flatMap { $0.stored?.parts.map(\.tensor) ?? [$0] }
  }
}

extension Checkpoint.Tensor {
  /// The name of the form in which the values are stored, such as `F16`, `Q8_0` or `fp8_scaled`.
  package var typeName: String { stored?.form.name ?? info.dtype.rawValue }
}
