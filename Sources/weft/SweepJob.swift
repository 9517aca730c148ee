import WeftFiles
import WeftTensors
import WeftTransform

/// The variants of a sweep with their progress shown and their reports given.
struct SweepJob {
  let sweep: FuseSweep
  let fuses: [FusePlan]
  let work: WorkOptions
  let talk: TalkOptions

  /// Writes every variant and says what was done.
  func run(output: String, report: String?, since start: ContinuousClock.Instant) throws {
    let variants = zip(sweep.values, fuses).map { value, fuse in
      SweepRunner.Variant(
        plan: fuse.model, path: VariantName.path(output, label: sweep.label(value)))
    }
    let inputs = fuses.first?.model.inputFiles ?? []
    for variant in variants {
      try variant.plan.layout.check(variant.path, replacing: work.force, inputs: inputs)
    }
    try checkSpace(variants)
    let reportFile = try report.map {
      try SmallFile(path: $0, replacing: work.force, inputs: inputs)
    }
    var options = work.runOptions
    options.measuresLoss = variants.contains { talk.measuresLoss(of: $0.plan, report: report) }
    let summaries = try execute(SweepRunner(variants, options: options))
    let seconds = (ContinuousClock.now - start).inSeconds
    let reports = zip(zip(variants, fuses), summaries).map { pair, summary in
      RunReport(
        plan: pair.0.plan, adapters: pair.1.adapters, summary: summary, output: pair.0.path,
        seconds: seconds, peakMemoryByteCount: Environment.peakMemoryByteCount)
    }
    let value = JSONValue.object([
      "sweep": .string(sweep.key.rawValue), "values": .strings(sweep.values),
      "outputs": .array(reports.map(\.json)),
    ])
    try reportFile?.write(value.prettyText + "\n")
    if talk.json { return Console.printResult(value.compactText) }
    if !talk.quiet { for report in reports { Console.printResult(RunText.summary(report)) } }
  }

  /// All variants are there at once, so that they must fit together.
  private func checkSpace(_ variants: [SweepRunner.Variant]) throws {
    let byteCount = variants.reduce(0) { $0 + $1.plan.layout.byteCount }
    guard let path = variants.first?.path,
      let free = Paths.freeByteCount(Paths.directory(of: path)), free < byteCount
    else { return }
    throw FileError(path: path, reason: .noSpace(byteCount: byteCount))
  }

  private func execute(_ runner: SweepRunner) throws -> [RunSummary] {
    Interruption.endProgramCleanly()
    let display = talk.display(label: "fuse", totalByteCount: runner.byteCount)
    defer { display.finish() }
    return try runner.run { display.add($0) }
  }
}
