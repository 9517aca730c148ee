import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform
import WeftVerify

/// The run of a plan with its progress shown and its report given, as every command that writes a model does it.
struct ModelJob {
  let label: String
  let model: ModelPlan
  let adapters: [AdapterPlan]
  let work: WorkOptions
  let talk: TalkOptions
  /// How the types were chosen for a goal; nil when they were not.
  var frontier: SizeFrontier?

  /// Writes the output and says what was done; an interrupt ends the program without an output.
  func run(
    output: String, report: String?, html: String? = nil, since start: ContinuousClock.Instant
  ) throws {
    try model.layout.check(output, replacing: work.force, inputs: model.inputFiles)
    let reportFile = try report.map {
      try SmallFile(
        path: $0, replacing: work.force, inputs: model.inputFiles, otherOutput: output)
    }
    let page = try html.map {
      try SmallFile(
        path: $0, replacing: work.force, inputs: model.inputFiles, otherOutput: output, report)
    }
    var options = work.runOptions
    options.measuresLoss = talk.measuresLoss(of: model, report: report ?? html)
    let summary = try execute(output, options: options)
    let result = RunReport(
      plan: model, adapters: adapters, summary: summary, output: output,
      seconds: (ContinuousClock.now - start).inSeconds,
      peakMemoryByteCount: Environment.peakMemoryByteCount, frontier: frontier)
    try reportFile?.write(result.json.prettyText + "\n")
    if let page, let quantization = result.quantization {
      try page.write(
        QuantizationPage(
          quantization, input: model.base.checkpoint.path, output: output,
          curve: frontier.map(SizeCurve.init)
        ).html)
    }
    if talk.json { return Console.printResult(result.json.compactText) }
    if !talk.quiet { Console.printResult(RunText.summary(result)) }
  }

  private func execute(_ output: String, options: RunOptions) throws -> RunSummary {
    Interruption.endProgramCleanly()
    let display = talk.display(label: label, totalByteCount: model.layout.byteCount)
    defer { display.finish() }
    return try model.runner(options: options).run(path: output, inputs: model.inputFiles) {
      display.add($0)
    }
  }
}

extension SizeCurve {
  /// What a search found, for the page.
  fileprivate init(_ frontier: SizeFrontier) {
    func point(_ point: SizeFrontier.Point) -> Point {
      Point(byteCount: point.byteCount, error: point.error)
    }
    self.init(frontier.points.map(point), chosen: point(frontier.chosen))
  }
}
