import WeftFiles
import WeftTensors
import WeftTransform

/// A fuse in place with its progress shown and its report given.
struct InPlaceJob {
  let plan: InPlacePlan
  let adapters: [AdapterPlan]
  let undo: String
  let work: WorkOptions
  let talk: TalkOptions

  /// Changes the model and says what was done; an interrupt gives the original bytes back.
  func run(report: String?, since start: ContinuousClock.Instant) throws {
    let inputs = plan.model.inputFiles
    let fuse = InPlaceFuse(plan, undoPath: undo, options: work.runOptions)
    try fuse.check()
    let reportFile = try report.map {
      try SmallFile(path: $0, replacing: work.force, inputs: inputs, otherOutput: undo)
    }
    warn()
    let summary = try execute(fuse)
    let result = RunReport(
      plan: plan.model, adapters: adapters, summary: summary, output: plan.file.path,
      seconds: (ContinuousClock.now - start).inSeconds,
      peakMemoryByteCount: Environment.peakMemoryByteCount,
      inPlace: InPlaceOutcome(plan, undoPath: undo))
    try reportFile?.write(result.json.prettyText + "\n")
    if talk.json { return Console.printResult(result.json.compactText) }
    if !talk.quiet { Console.printResult(RunText.summary(result)) }
  }

  /// Other names of the model see the change, too.
  private func warn() {
    let path = plan.file.path
    if Paths.isLink(path), let target = Paths.resolved(path) {
      Console.warn("\(path) is a symbolic link: \(target) is changed")
    }
    if plan.file.linkCount > 1 {
      Console.warn(
        "\(path) has \(plan.file.linkCount) names (hard links): all of them see the change")
    }
  }

  private func execute(_ fuse: InPlaceFuse) throws -> RunSummary {
    let request = Interruption.leaveRequests(undoPath: undo)
    let display = talk.display(label: "fuse", totalByteCount: plan.writtenByteCount)
    defer { display.finish() }
    return try fuse.run { byteCount in
      try request.check("the model has its original bytes")
      display.add(byteCount)
    }
  }
}
