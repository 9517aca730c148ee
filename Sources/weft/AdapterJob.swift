import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform

/// The run of a command that writes an adapter: progress while it works, one report at the end.
struct AdapterJob {
  let label: String
  let output: AdapterOutputOptions
  let work: WorkOptions
  let talk: TalkOptions
  /// What is read; it must not be replaced.
  let inputs: [InputFile]

  /// Does the work and says what was done.
  ///
  /// - Parameters:
  ///   - byteCount: the size of the work, for progress.
  ///   - start: when the command began.
  ///   - body: does the work and gives the report's members and the lines for people.
  /// - Throws: what the work throws, and when the output must not be written.
  func run(
    byteCount: Int, since start: ContinuousClock.Instant,
    _ body: (@escaping @Sendable (Int) throws -> Void) throws -> (
      members: [JSONValue.Member], lines: [String]
    )
  ) throws {
    try OutputFile.check(output.output, replacing: work.force, inputs: inputs)
    let reportFile = try output.report.map {
      try SmallFile(
        path: $0, replacing: work.force, inputs: inputs, otherOutput: output.output)
    }
    FreedMemory.giveBack()
    Interruption.endProgramCleanly()
    let display = talk.display(label: label, totalByteCount: byteCount)
    let (members, lines) = try {
      defer { display.finish() }
      return try body { display.add($0) }
    }()
    let seconds = (ContinuousClock.now - start).inSeconds
    let report = JSONValue.object(
      [JSONValue.Member("output", .string(output.output))] + members + [
        JSONValue.Member("seconds", .number((seconds * 1000).rounded() / 1000)),
        JSONValue.Member("peak_memory_bytes", .integer(Environment.peakMemoryByteCount)),
      ])
    try reportFile?.write(report.prettyText + "\n")
    if talk.json { return Console.printResult(report.compactText) }
    guard !talk.quiet else { return }
    let title = "\(output.output): \(lines.first ?? "") in \(HumanText.seconds(seconds))"
    Console.printResult(
      ([title] + lines.dropFirst().map { "  \($0)" }).map(printable).joined(separator: "\n"))
  }
}
