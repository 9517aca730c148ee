import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// The run of a recipe that makes one adapter of others.
struct AdapterMergeJob {
  let recipe: AdapterMergeRecipe
  let output: AdapterOutputOptions
  let work: WorkOptions
  let talk: TalkOptions

  /// Writes the adapter and says what was done, and what the program that is to read it passes over.
  func run() throws {
    let start = ContinuousClock.now
    let merge = try AdapterMerge.plan(recipe, library: .embedded())
    let job = AdapterJob(
      label: "adapter", output: output, work: work, talk: talk,
      inputs: merge.checkpoints.flatMap(\.files))
    try job.run(byteCount: merge.byteCount, since: start) { progress in
      let report = try merge.run(
        to: output.output, options: work.runOptions, progress: progress)
      let unread = merge.unread(report).sorted { $0.key < $1.key }
      if !unread.isEmpty {
        let roles = unread.map { "\($1) × \($0)" }.joined(separator: ", ")
        Console.warn("passed over by \(merge.programTitle): \(roles)")
      }
      return (
        [
          JSONValue.Member("architecture", .string(merge.architecture.id)),
          JSONValue.Member("adapters", .array(merge.adapters.map(\.json))),
          JSONValue.Member("renamed", .integer(report.renamedCount)),
          JSONValue.Member(
            "unread", .object(unread.map { JSONValue.Member($0.key, .integer($0.value)) })),
        ] + report.composition.members, lines(merge, report)
      )
    }
  }

  /// What of an adapter is left out, a line a reason.
  private func leftOut(_ adapter: AdapterPlan) -> [String] {
    Dictionary(grouping: adapter.ignored + adapter.unmatched, by: \.reason)
      .sorted { $0.key < $1.key }.map { reason, tensors in
        let more = tensors.count > 1 ? " and \(tensors.count - 1) more" : ""
        return "left out: \(tensors.first?.name ?? "")\(more): \(reason)"
      }
  }

  private func lines(_ merge: AdapterMerge, _ report: AdapterMergeReport) -> [String] {
    let renamed =
      report.renamedCount > 0
      ? ["\(HumanText.count(report.renamedCount, "module")) renamed and kept as they are"] : []
    let applied = merge.adapters.map { adapter in
      "\(adapter.family): \(adapter.applied.count) of \(adapter.tensorCount) tensors"
        + (adapter.ignored.isEmpty ? "" : ", \(adapter.ignored.count) left out")
        + (adapter.unmatched.isEmpty ? "" : ", \(adapter.unmatched.count) unmatched")
    }
    return CompositionText.lines(report.composition).filter { !$0.isEmpty } + renamed + applied
      + merge.adapters.flatMap(leftOut)
  }
}
