package import WeftTensors

/// A network that cannot be built or run.
package struct NetworkError: ActionableError {
  /// The exit code.
  package let status: ExitStatus
  /// What is wrong, with the numbers that matter.
  package let what: String
  /// The file and the tensor or module.
  package let place: String?
  /// What to do next.
  package let advice: String

  /// Makes an error.
  package init(status: ExitStatus, what: String, place: String?, advice: String) {
    (self.status, self.what, self.place, self.advice) = (status, what, place, advice)
  }

  /// A weight that is not there or does not fit the others.
  static func weight(_ what: String, at path: String) -> NetworkError {
    NetworkError(
      status: .badData, what: what, place: path,
      advice: "see what the file has with weft inspect --tensors")
  }

  /// An input that the network cannot take.
  static func input(_ what: String, advice: String) -> NetworkError {
    NetworkError(status: .badData, what: what, place: nil, advice: advice)
  }

  /// Values inside the network that do not fit a layer.
  static func activation(_ what: String, at module: String) -> NetworkError {
    NetworkError(
      status: .badData, what: what, place: module,
      advice: "check the inputs' shapes and that the weights belong to one model")
  }
}
