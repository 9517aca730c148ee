package import WeftFiles

/// The stored tensors that a decoded one stands for, and their form.
package struct StoredForm: Sendable {
  /// A stored tensor, and what its name adds to that of the values, as `weight_scale` does to `weight`.
  package struct Part: Sendable {
    /// The stored tensor.
    package let tensor: Checkpoint.Tensor
    /// Its name, for a name of the decoded tensor.
    package let name: @Sendable (String) -> String

    /// Makes a part.
    package init(_ tensor: Checkpoint.Tensor, name: @escaping @Sendable (String) -> String = { $0 })
    {
      self.tensor = tensor
      self.name = name
    }
  }

  /// The form.
  package let form: TensorForm
  /// The tensors, the values' own first.
  package let parts: [Part]

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
