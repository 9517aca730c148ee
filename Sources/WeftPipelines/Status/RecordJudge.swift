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

  let place: PipelinePlace
  /// The keys of all products that are asked for, by the group of overrides.
  let asked: [Set<String>]

  /// The verdict on a line, or nil for a damaged one; `names` is the sum of the names of all outputs.
  func verdict(
    _ line: ArraySlice<UInt8>, input: String, group: Int, names: Int
  ) -> Verdict? {
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
    return verdict(isThere(record, input: input, asked[group], names) ? .done : .waiting)
  }

  private func isThere(
    _ record: TaskRecord, input: String, _ wanted: Set<String>, _ names: Int
  ) -> Bool {
    // What an earlier pipeline made besides is not asked for any more.
    let products = record.products.filter { wanted.contains($0.key) }
    let files = products.filter { $0.byteCount != nil }
    guard Set(products.map(\.key)) == wanted, Self.sum(of: files.map(\.name)) == names,
      let now = try? SourceStamp(of: place.path(input))
    else { return false }
    guard record.state == now.state else { return false }
    return files.allSatisfy { $0.isThere(at: place.output($0.name)) }
  }

  /// What names come to, in any order, within this process.
  static func sum(of names: [String]) -> Int { names.reduce(0) { $0 &+ $1.hashValue } }
}
