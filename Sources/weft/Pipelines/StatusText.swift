import WeftPipelines
import WeftTensors

/// The status of tasks as people read it.
enum StatusText {
  /// The most failures that are listed.
  private static let failureLimit = 50

  /// The lines.
  static func lines(_ status: PipelineStatus) -> [String] {
    let words: [(PipelineStatus.Stage, String)] = [
      (.done, "done"), (.running, "running"), (.waiting, "waiting"),
      (.interrupted, "interrupted"), (.transient, "failed, worth a retry"),
      (.failed, "failed for good"),
    ]
    let counts = words.map { (status.count($0), $1) }
    let width = counts.map { String($0.0).count }.max() ?? 1
    var lines = counts.filter { $0.0 > 0 }.map { count, word in
      let text = String(count)
      return String(repeating: " ", count: width - text.count) + "\(text) \(word)"
    }
    lines.insert(
      "\(HumanText.count(status.stages.count, "task")), \(HumanText.bytes(status.doneWorkByteCount)) of "
        + "\(HumanText.bytes(status.workByteCount)) read and written", at: 0)
    if status.count(.done) < status.stages.count, status.secondsLeft > 0 {
      lines.append("about \(HumanText.seconds(status.secondsLeft)) left with one worker")
    }
    guard !status.failures.isEmpty else { return lines }
    lines.append("failed: \(IndexRanges.text(status.indices(.failed, .transient)))")
    lines += status.failures.prefix(failureLimit).map {
      "  \($0.index) \($0.input): exit \($0.status.rawValue): \($0.message)"
    }
    let more = status.failures.count - failureLimit
    if more > 0 { lines.append("  and \(more) more: see --json") }
    return lines
  }
}

extension PipelineStatus {
  /// The status of a manifest for programs.
  func json(manifest: String) -> JSONValue {
    .object([JSONValue.Member("manifest", .string(manifest))] + (json.members ?? []))
  }
}
