import ArgumentParser
import WeftFiles
import WeftFormats
import WeftPipelines
import WeftTensors

extension PipelineCommand {
  /// Does what a pipeline says, on this machine.
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run",
      abstract: "Make what is missing of a pipeline's outputs, with several workers.",
      discussion: """
        A model that fails stops no other. When the run is ended, by whatever, what is done stays done: the same command goes \
        on. Exit codes: 0 all is done; 75 something failed that a retry may cure, such as a full disk; otherwise the code that \
        all failures have in common (1 unsafe or not verified, 2 refused, 65 bad data, 66 missing, 73 an output is in the way), \
        or 1.
        """)

    @Argument(help: "The pipeline, a YAML file.")
    var path: String

    @Option(
      name: .shortAndLong,
      help: ArgumentHelp(
        "The number of models that are worked on at once (default: half of the cores).",
        valueName: "n"))
    var jobs: Int?

    @Option(
      help: ArgumentHelp(
        "The most memory that all workers may take together, such as 2GiB (default: 256 MiB a job).",
        valueName: "size"))
    var memory: ByteCount?

    @Flag(help: "Replace files that are in the way and that this pipeline did not make.")
    var force = false

    @Flag(help: "Leave it to the system when outputs reach the disk, as cp does.")
    var noSync = false

    @Option(
      help: ArgumentHelp("Write what became of the models as an HTML page.", valueName: "file"))
    var html: String?

    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
      if let jobs, !(1...1024).contains(jobs) {
        throw ValidationError("--jobs must be between 1 and 1024, not \(jobs)")
      }
    }

    func run() throws {
      Interruption.endPipeline()
      let library = try FormatLibrary.embedded()
      let page = try html.map { try SmallFile(page: $0) }
      var made = try ManifestMaker(path, library: library).made()
      try made.estimateCosts(library: library)
      let run = try PipelineRun(
        made, jobs: jobs ?? max(1, Environment.processorCount / 2), memory: memory?.value,
        replaces: force, syncs: !noSync, talk: talk)
      let result = try run.perform()
      let status = try StatusReader.status(
        of: made, library: library, threads: Environment.processorCount)
      try page?.write(StatusPage(status, name: path).html)
      if talk.json {
        Console.printResult(result.json(status).compactText)
      } else if !talk.quiet {
        Console.printResult(result.text)
      }
      let code = ExitStatus.ofWorker(result.failures.map(\.status))
      if code != .success { throw ExitCode(code.rawValue) }
    }
  }
}
