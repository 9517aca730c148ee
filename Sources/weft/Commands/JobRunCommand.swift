import ArgumentParser
import WeftFiles
import WeftFormats
import WeftKernels
import WeftPipelines
import WeftTensors

extension JobCommand {
  /// Does tasks of a manifest.
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run",
      abstract: "Do a task of a manifest, or a slice of them.",
      discussion: """
        Without --index and --slice the number comes from the engine: SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX or \
        AWS_BATCH_JOB_ARRAY_INDEX (from 0), PARALLEL_SEQ or SGE_TASK_ID (from 1). Slices have about equal work, the largest \
        models first.
        Exit codes: 0 done, also when everything was done before; 75 a retry may cure it (disk full, I/O, terminated, another \
        worker has the task); anything else is for good: 1 unsafe or not verified, 2 refused, 64 usage, 65 bad data, 66 \
        missing, 70 a bug, 73 a file is in the way.
        """)

    @Argument(help: "The manifest.")
    var manifest: String

    @Option(help: ArgumentHelp("The number of a task, from 0.", valueName: "n"))
    var index: Int?

    @Option(
      help: ArgumentHelp(
        "A part of the tasks: k from 1 to n (0 is n, too).", valueName: "k/n"))
    var slice: SliceArgument?

    @Option(
      help: ArgumentHelp(
        "The number of slices; which one comes from the engine.", valueName: "n"))
    var slices: Int?

    @Option(
      help: ArgumentHelp(
        "How long to wait for a task that another worker has, in seconds.", valueName: "seconds"))
    var wait = 60.0

    @Flag(help: "Replace files that are in the way and that this pipeline did not make.")
    var force = false

    @Flag(help: "Leave it to the system when outputs reach the disk, as cp does.")
    var noSync = false

    @Flag(help: ArgumentHelp("Take the numbers of tasks from standard input.", visibility: .hidden))
    var worker = false

    @OptionGroup(title: "Work") var threadOptions: ThreadOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
      if [index != nil, slice != nil, slices != nil, worker].count(where: { $0 }) > 1 {
        throw ValidationError("give one of --index, --slice and --slices")
      }
      if let slices, !(1...1_000_000).contains(slices) {
        throw ValidationError("--slices must be between 1 and 1000000, not \(slices)")
      }
      if !(wait >= 0 && wait.isFinite) {
        throw ValidationError("--wait must be a number of seconds from 0 up")
      }
    }

    func run() throws {
      Interruption.endWorker(quietly: worker)
      let library = try FormatLibrary.embedded()
      var options = WorkerOptions()
      options.threads = threadOptions.count
      options.replaces = force
      options.syncs = !noSync
      if worker {
        return WorkerLoop(manifest: manifest, options: options, library: library).run()
      }
      do {
        try run(library: library, options: options)
      } catch let error as any ActionableError {
        // Engines know one code for what is worth a retry.
        Console.complain(error.description)
        throw ExitCode(error.status.ofWorker.rawValue)
      }
    }

    private func run(library: FormatLibrary, options: WorkerOptions) throws {
      let file = try ManifestFile.open(manifest, library: library)
      let tasks = try choice().tasks(of: file)
      try file.manifest.sideFiles.check(at: file.manifest.place)
      let result = try TaskSeries(
        file: file, tasks: tasks, options: options, wait: wait, talk: talk, library: library
      ).perform()
      if talk.json {
        Console.printResult(result.json().compactText)
      } else if !talk.quiet {
        Console.printResult(result.text)
      }
      let code = ExitStatus.ofWorker(result.failures.map(\.status))
      if code != .success { throw ExitCode(code.rawValue) }
    }

    private func choice() throws -> TaskChoice {
      if let index { return .index(index) }
      if let slice { return .slice(slice.number, count: slice.count) }
      guard let engine = try TaskChoice.engineIndex() else {
        let names = TaskChoice.variables.map(\.name).joined(separator: ", ")
        throw ValidationError(
          "which tasks? give --index N or --slice K/N; an engine sets one of \(names)")
      }
      guard let slices else { return .index(engine) }
      guard engine < slices else {
        throw ValidationError(
          "the engine's number \(engine) is beyond the last of \(slices) slices, counted from 0")
      }
      return .slice(engine + 1, count: slices)
    }
  }
}
