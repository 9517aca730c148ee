package import WeftTensors

/// A fuse that is refused before anything is written.
package struct TransformError: ActionableError {
  /// The exit code.
  package let status: ExitStatus
  /// What is wrong, with the numbers that matter.
  package let what: String
  /// The file and the tensor.
  package let place: String?
  /// What to do next.
  package let advice: String

  /// A refusal of tensors that do not fit.
  static func refused(_ what: String, at place: String?, advice: String) -> TransformError {
    TransformError(status: .refused, what: what, place: place, advice: advice)
  }

  /// A complaint about an input's data.
  static func badData(_ what: String, at place: String?, advice: String) -> TransformError {
    TransformError(status: .badData, what: what, place: place, advice: advice)
  }

  /// An input that is not there.
  static func noInput(_ what: String, at place: String?, advice: String) -> TransformError {
    TransformError(status: .noInput, what: what, place: place, advice: advice)
  }
}
