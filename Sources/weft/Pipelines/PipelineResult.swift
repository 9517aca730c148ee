import WeftPipelines
import WeftTensors

/// What a run of tasks did.
struct PipelineResult {
  /// A task that failed.
  struct Failure {
    let index: Int
    let input: String
    let status: ExitStatus
    let message: String
  }

  let taskCount: Int
  private(set) var doneCount = 0
  private(set) var unchangedCount = 0
  private(set) var madeCount = 0
  private(set) var keptCount = 0
  private(set) var failures: [Failure] = []
  var seconds = 0.0
  var peakMemoryByteCount = 0

  init(taskCount: Int) { self.taskCount = taskCount }

  /// Adds how a task ended.
  mutating func add(_ outcome: TaskOutcome, of task: ManifestTask) {
    madeCount += outcome.madeCount
    keptCount += outcome.keptCount
    guard outcome.status == .success else {
      failures.append(
        Failure(
          index: task.index, input: task.input, status: outcome.status,
          message: outcome.message ?? "failed"))
      return
    }
    doneCount += 1
    if outcome.madeCount == 0 { unchangedCount += 1 }
  }

  /// The result for people.
  var text: String {
    let models = HumanText.count(taskCount, "model")
    var parts = ["\(doneCount) of \(models) done in \(HumanText.seconds(seconds))"]
    if unchangedCount > 0 { parts.append("\(unchangedCount) of them before") }
    if !failures.isEmpty {
      let transient = failures.count { $0.status.isTransient }
      parts.append(
        "\(failures.count) failed" + (transient > 0 ? " (\(transient) worth a retry)" : ""))
    }
    return parts.joined(separator: ", ")
  }

  /// The result for programs.
  func json(_ status: PipelineStatus? = nil) -> JSONValue {
    JSONValue.object([
      "tasks": .integer(taskCount), "done": .integer(doneCount),
      "unchanged": .integer(unchangedCount), "failed": .integer(failures.count),
      "products": .object([
        JSONValue.Member("made", .integer(madeCount)),
        JSONValue.Member("kept", .integer(keptCount)),
      ]),
      "failed_indices": .string(IndexRanges.text(failures.map(\.index).sorted())),
      "failures": .array(
        failures.sorted { $0.index < $1.index }.map {
          .object([
            "index": .integer($0.index), "input": .string($0.input),
            "status": .integer(Int($0.status.rawValue)), "message": .string($0.message),
          ])
        }),
      "seconds": .number((seconds * 1000).rounded() / 1000),
      "peak_memory_bytes": .integer(
        max(peakMemoryByteCount, status?.peakMemoryByteCount ?? 0)),
    ])
  }
}
