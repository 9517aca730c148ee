package import WeftTensors

/// A picture that cannot be made, or not as it was asked for.
package struct InferenceError: ActionableError {
  /// The exit code.
  package let status: ExitStatus
  /// What is wrong, with the numbers that matter.
  package let what: String
  /// The file or option.
  package let place: String?
  /// What to do next.
  package let advice: String

  /// Makes an error.
  package init(status: ExitStatus, what: String, place: String? = nil, advice: String) {
    (self.status, self.what, self.place, self.advice) = (status, what, place, advice)
  }
}
