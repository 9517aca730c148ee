import WeftFiles
import WeftTensors

/// Says whether what the newest record of a task tells of is what its manifest asks for, and is still there.
struct RecordJudge: Sendable {
  /// What a record says.
  struct Verdict: Sendable {
    let stage: PipelineStatus.Stage
    let seconds: Double
    let peakMemoryByteCount: Int
    /// Why the task failed; nil when it did not.
    let failure: (status: ExitStatus, message: String)?
  }

  /// The products that a group of tasks makes.
  struct Asked: Sendable {
    /// Their number; the files of a report share a key.
    let count: Int
    let keys: Set<String>
  }

  let place: PipelinePlace
  /// What is asked for, by the group of overrides.
  let asked: [Asked]

  /// The verdict on a line, or nil for a damaged one.
  func verdict(_ line: ArraySlice<UInt8>, input: String, group: Int) -> Verdict? {
    guard let record = TaskRecord(line: line) else { return nil }
    func verdict(
      _ stage: PipelineStatus.Stage, _ failure: (ExitStatus, String)? = nil
    ) -> Verdict {
      Verdict(
        stage: stage, seconds: record.seconds ?? 0,
        peakMemoryByteCount: record.peakMemoryByteCount ?? 0, failure: failure)
    }
    guard record.status == .success else {
      return verdict(
        record.status.isTransient ? .transient : .failed, (record.status, record.message ?? ""))
    }
    return verdict(isThere(record, input: input, group: group) ? .done : .waiting)
  }

  private func isThere(_ record: TaskRecord, input: String, group: Int) -> Bool {
    guard record.products.count == asked[group].count,
      record.products.allSatisfy({ asked[group].keys.contains($0.key) }),
      let now = try? SourceStamp(of: place.path(input))
    else { return false }
    // Without stamps nobody can tell but a worker, who reads the model.
    if let stamp = record.stamp, let digest = now.digest, digest != stamp { return false }
    return record.products.allSatisfy {
      $0.byteCount == nil || $0.isThere(at: place.output($0.name))
    }
  }
}
