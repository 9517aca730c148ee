package import WeftTensors

/// A sampler that cannot be made.
package struct SamplerError: ActionableError {
  /// The exit code.
  package let status: ExitStatus
  /// What is wrong, with the numbers that matter.
  package let what: String
  /// The file, where it is one that is wrong.
  package let place: String?
  /// What to do next.
  package let advice: String

  /// An error of who asks for a sampler.
  static func usage(_ what: String, advice: String) -> SamplerError {
    SamplerError(status: .usage, what: what, place: nil, advice: advice)
  }
}
