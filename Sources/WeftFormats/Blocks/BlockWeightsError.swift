package import WeftTensors

/// Block weights that cannot be understood, or are not for the model.
package struct BlockWeightsError: ActionableError, Equatable {
  /// A usage error, or a refusal of weights for another architecture.
  package let status: ExitStatus
  /// What is wrong with the weights.
  package let what: String
  /// What to do next.
  package let advice: String
  /// Nothing but the text itself.
  package var place: String? { nil }
}
