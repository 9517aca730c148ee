package import WeftTensors

/// A prompt that cannot be used as it is written.
package struct PromptError: ActionableError {
  /// The exit code.
  package let status: ExitStatus
  /// What is wrong.
  package let what: String
  /// The part of the prompt, or the file.
  package let place: String?
  /// What to do next.
  package let advice: String

  /// Makes an error.
  package init(
    _ what: String, at place: String?, advice: String, status: ExitStatus = .badData
  ) {
    (self.status, self.what, self.place, self.advice) = (status, what, place, advice)
  }

  static func nesting(_ limit: Int) -> PromptError {
    PromptError(
      "brackets are open more than \(limit) deep", at: nil,
      advice: "close them, or write those that mean nothing as \\( and \\[")
  }
}
