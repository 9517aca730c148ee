import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform

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
  func run(output: String, report: String?, since start: ContinuousClock.Instant) throws {
    try model.layout.check(output, replacing: work.force, inputs: model.inputFiles)
    let reportFile = try report.map {
      try SmallFile(
        path: $0, replacing: work.force, inputs: model.inputFiles, otherOutput: output)
    }
    let summary = try execute(output)
    let result = RunReport(
      plan: model, adapters: adapters, summary: summary, output: output,
      seconds: (ContinuousClock.now - start).inSeconds,
      peakMemoryByteCount: Environment.peakMemoryByteCount, frontier: frontier)
    try reportFile?.write(result.json.prettyText + "\n")
    if talk.json { return Console.printResult(result.json.compactText) }
    if !talk.quiet { Console.printResult(RunText.summary(result)) }
  }

  private func execute(_ output: String) throws -> RunSummary {
    Interruption.endProgramCleanly()
    let display = talk.display(label: label, totalByteCount: model.layout.byteCount)
    defer { display.finish() }
    return try model.runner(options: work.runOptions).run(path: output, inputs: model.inputFiles) {
      display.add($0)
    }
  }
}
