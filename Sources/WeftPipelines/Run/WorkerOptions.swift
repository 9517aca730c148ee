package import WeftTensors

/// How a worker works; nothing here changes a byte of an output.
package struct WorkerOptions: Sendable {
  /// The number of threads of a task.
  package var threads = 1
  /// Whether files that are in the way and that the pipeline did not make may be replaced.
  package var replaces = false
  /// Whether outputs are on the disk before they appear.
  package var syncs = true

  /// Makes options with every one at its default.
  package init() {}
}

/// How a task ended.
package struct TaskOutcome: Sendable {
  /// The exit code.
  package let status: ExitStatus
  /// Why it failed, in one line; nil when it did not.
  package let message: String?
  /// The number of products that were made now.
  package let madeCount: Int
  /// The number of products that were there before.
  package let keptCount: Int
  /// How long it took, in seconds.
  package let seconds: Double

  /// Describes the end of a task.
  package init(
    status: ExitStatus, message: String?, madeCount: Int, keptCount: Int, seconds: Double
  ) {
    self.status = status
    self.message = message
    self.madeCount = madeCount
    self.keptCount = keptCount
    self.seconds = seconds
  }
}
