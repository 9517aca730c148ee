package import WeftTensors

/// How far the tasks of a manifest are.
package struct PipelineStatus: Sendable {
  /// Where a task can be.
  package enum Stage: UInt8, Sendable, CaseIterable {
    /// Nobody has begun it, or what was made for it is not there any more or not up to date.
    case waiting
    /// A worker has it.
    case running
    /// A worker has begun it and is gone.
    case interrupted
    /// It is done, and its outputs are there.
    case done
    /// It has failed, and a retry may cure it.
    case transient
    /// It has failed for good.
    case failed
  }

  /// A task that has failed.
  package struct Failure: Sendable {
    /// The task.
    package let index: Int
    /// The model.
    package let input: String
    /// The exit code.
    package let status: ExitStatus
    /// Why, in one line.
    package let message: String
    /// The number of the attempt.
    package let attempt: Int

    /// Describes a failure.
    package init(index: Int, input: String, status: ExitStatus, message: String, attempt: Int) {
      self.index = index
      self.input = input
      self.status = status
      self.message = message
      self.attempt = attempt
    }
  }

  /// Where every task is, by its index.
  package var stages: [Stage]
  /// The failures, in the order of the tasks.
  package var failures: [Failure] = []
  /// The predicted work of all tasks, in bytes.
  package var workByteCount = 0
  /// That of the tasks that are done.
  package var doneWorkByteCount = 0
  /// How long the tasks that are done took in all, in seconds.
  package var doneSeconds = 0.0
  /// The predicted time of the tasks that are not done, with one processor, in seconds.
  package var predictedSecondsLeft = 0.0
  /// The predicted time of those that are done.
  package var predictedDoneSeconds = 0.0
  /// The most memory that a worker has held, in bytes.
  package var peakMemoryByteCount = 0

  /// Makes the status of tasks that all wait.
  package init(taskCount: Int) { stages = Array(repeating: .waiting, count: taskCount) }

  /// The number of tasks at a stage.
  package func count(_ stage: Stage) -> Int { stages.count { $0 == stage } }

  /// The indices of the tasks at some stages.
  package func indices(_ wanted: Stage...) -> [Int] {
    stages.indices.filter { wanted.contains(stages[$0]) }
  }

  /// The time that is left with one worker, in seconds, by what the done tasks took where there are enough of them.
  package var secondsLeft: Double {
    let isKnown = predictedDoneSeconds > 0 && count(.done) >= Self.leastDoneCount
    return predictedSecondsLeft * (isKnown ? doneSeconds / predictedDoneSeconds : 1)
  }

  private static let leastDoneCount = 3

  /// The status for programs.
  package var json: JSONValue {
    JSONValue.object([
      "tasks": .integer(stages.count), "done": .integer(count(.done)),
      "failed": .integer(count(.failed) + count(.transient)),
      "running": .integer(count(.running)), "interrupted": .integer(count(.interrupted)),
      "waiting": .integer(count(.waiting)),
      "failed_indices": .string(IndexRanges.text(indices(.failed, .transient))),
      "transient_indices": .string(IndexRanges.text(indices(.transient))),
      "permanent_indices": .string(IndexRanges.text(indices(.failed))),
      "unfinished_indices": .string(
        IndexRanges.text(indices(.waiting, .interrupted, .transient))),
      "work_bytes": .integer(workByteCount), "done_work_bytes": .integer(doneWorkByteCount),
      "done_seconds": .number((doneSeconds * 1000).rounded() / 1000),
      "seconds_left_with_one_worker": .number((secondsLeft * 10).rounded() / 10),
      "peak_memory_bytes": .integer(peakMemoryByteCount),
      "failures": .array(
        failures.map { failure in
          .object([
            "index": .integer(failure.index), "input": .string(failure.input),
            "status": .integer(Int(failure.status.rawValue)),
            "transient": .bool(failure.status.isTransient), "attempt": .integer(failure.attempt),
            "message": .string(failure.message),
          ])
        }),
    ])
  }
}
