package import WeftTensors

/// A pipeline, a manifest or a task that cannot go on.
package struct PipelineError: ActionableError, Equatable {
  /// The exit code.
  package let status: ExitStatus
  /// What is wrong, with the numbers that matter.
  package let what: String
  /// The file, the task or the output.
  package let place: String?
  /// What to do next.
  package let advice: String

  static func badData(_ what: String, at place: String?, advice: String) -> PipelineError {
    PipelineError(status: .badData, what: what, place: place, advice: advice)
  }

  static func refused(_ what: String, at place: String?, advice: String) -> PipelineError {
    PipelineError(status: .refused, what: what, place: place, advice: advice)
  }

  static func temporary(_ what: String, at place: String?, advice: String) -> PipelineError {
    PipelineError(status: .temporary, what: what, place: place, advice: advice)
  }
}

extension ExitStatus {
  /// Whether a worker that ends so may well succeed when it is run again.
  package var isTransient: Bool {
    switch self {
    case .inputOutput, .temporary, .interrupted, .terminated: true
    default: false
    }
  }

  /// The exit code of a worker, for engines that retry on one code alone.
  package var ofWorker: ExitStatus { isTransient ? .temporary : self }

  /// The exit code of several tasks: transient when a retry helps any of them, or that of all failures when they have one, and
  /// else that the answer is no.
  package static func ofWorker(_ failures: some Sequence<ExitStatus>) -> ExitStatus {
    let kinds = Set(failures.map(\.ofWorker)).subtracting([.success])
    if kinds.contains(.temporary) { return .temporary }
    return kinds.count > 1 ? .answerIsNo : kinds.first ?? .success
  }
}
