#if !LIBFUZZER
  import ArgumentParser
  import Glibc
  import WeftFuzz

  /// Feeds damaged files to a reader, without the help of coverage.
  @main
  struct Main: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "weft-fuzz", abstract: "Feeds damaged files to a reader.")

    @Argument(help: "One of safetensors, pickle, zip, zst, gguf, wz, png, jpeg, pipeline.")
    var target: String
    @Option(help: "How long to go on, in seconds.")
    var seconds = 60
    @Option(help: "The seed of the random numbers; the same seed gives the same files.")
    var seed: UInt64 = 1
    @Option(help: "The folder that offending files go to; `present` is the one that is read.")
    var findings: String
    @Option(help: "A file to read once instead.")
    var replay: String?

    /// Reading may take this long before the process is ended, in seconds.
    private static let hangSeconds: UInt32 = 60
    private static let batchCount = 256

    func run() throws {
      guard let target = FuzzTargets.named(target) else {
        throw ValidationError("there is no target \(target)")
      }
      let input = try ScratchInput(path: "\(findings)/present")
      if let replay { return try self.replay(replay, target, input) }
      let loop = try MutationLoop(target, seed: seed, input: input)
      let clock = ContinuousClock()
      let start = clock.now
      var found = 0
      while clock.now - start < .seconds(seconds), found < MutationLoop.maximumFindingCount {
        alarm(Self.hangSeconds)
        loop.run(executionCount: Self.batchCount)
        while found < loop.report.findings.count {
          let (what, bytes) = loop.report.findings[found]
          try SavedInput.save(bytes, to: "\(findings)/\(seed)-\(found)")
          print("FINDING in \(findings)/\(seed)-\(found): \(what)")
          found += 1
        }
      }
      let duration = clock.now - start
      report(loop.report, duration / .seconds(1))
      if found > 0 { throw ExitCode(1) }
    }

    private func report(_ report: MutationLoop.Report, _ seconds: Double) {
      let rate = Int(Double(report.executionCount) / seconds)
      print(
        "\(target), seed \(seed): \(report.executionCount) executions in \(Int(seconds)) s, "
          + "\(rate)/s; \(report.acceptedCount) accepted, \(report.signatureCount) answers, "
          + "\(report.findings.count) findings")
    }

    private func replay(_ path: String, _ target: any FuzzTarget, _ input: ScratchInput) throws {
      let outcome = try Examination(target, input: input).examine(SavedInput.load(path))
      print(outcome.isAccepted ? "accepted: \(outcome.signature)" : "refused: \(outcome.signature)")
    }
  }
#endif
