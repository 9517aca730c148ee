package import WeftTensors

extension ExitStatus {
  /// The codes of a worker that a retry does not cure: an engine gives such a task up at once.
  ///
  /// Everything else but success is tried again, such as 75, a signal, or 127 where a node lacks its disks.
  package static let permanent: [ExitStatus] = [
    .answerIsNo, .refused, .usage, .badData, .noInput, .bug, .cannotCreate,
  ]
}
