import ArgumentParser
import WeftFiles
import WeftFormats
import WeftPipelines
import WeftTensors

/// The tasks of a pipeline for workers anywhere.
struct JobCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "job",
    abstract: "Do the tasks of a pipeline on a cluster: make, run, status, emit.",
    discussion: """
      A manifest has a task a line. Workers that see the same files do the tasks in any number and order: a task that is done \
      is not done again, and one that another worker has is left to it. Engines that exist start the workers; weft job emit \
      prints what they are given.
      """,
    subcommands: [Make.self, Run.self, Status.self, Emit.self])

  /// Writes a manifest.
  struct Make: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "make",
      abstract: "Write the manifest of a pipeline: a line for each model.",
      discussion: """
        Sizes, memory and times are predicted from the headers of some models of every size. Adapters and other files that \
        the tasks share are hashed: workers refuse to go on with others.
        """)

    @Argument(help: "The pipeline, a YAML file.")
    var path: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The manifest.", valueName: "file"))
    var output: String

    @Flag(help: "Replace an existing manifest.")
    var force = false

    @OptionGroup(title: "Talk") var talk: TalkOptions

    func run() throws {
      let library = try FormatLibrary.embedded()
      try OutputFile.check(output, replacing: force, inputs: [try InputFile.open(path)])
      var made = try ManifestMaker(path, library: library).made()
      try made.estimateCosts(library: library)
      try ManifestFile.write(made.manifest, tasks: made.tasks, to: output, replacing: force)
      let seconds = made.tasks.reduce(0) { $0 + $1.cost.seconds }
      let work = made.tasks.reduce(0) { $0 + $1.cost.workByteCount }
      let memory = made.tasks.map(\.cost.memoryByteCount).max() ?? 0
      if talk.json {
        let value = JSONValue.object([
          "manifest": .string(output), "tasks": .integer(made.tasks.count),
          "work_bytes": .integer(work), "memory_bytes": .integer(memory),
          "seconds_with_one_worker": .number((seconds * 1000).rounded() / 1000),
        ])
        Console.printResult(value.compactText)
      } else if !talk.quiet {
        Console.printResult(
          "\(printable(output)): \(HumanText.count(made.tasks.count, "task")), "
            + "\(HumanText.bytes(work)) to read and write, about \(HumanText.seconds(seconds)) "
            + "with one worker of at most \(HumanText.bytes(memory))")
      }
    }
  }

  /// Says how far the tasks are.
  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status",
      abstract: "Say how far the tasks of a manifest are, and which have failed.")

    @Argument(help: "The manifest.")
    var manifest: String

    @Option(help: ArgumentHelp("Write the status as an HTML page.", valueName: "file"))
    var html: String?

    @OptionGroup(title: "Talk") var talk: TalkOptions

    func run() throws {
      let library = try FormatLibrary.embedded()
      let file = try ManifestFile.open(manifest, library: library)
      let page = try html.map { try SmallFile(page: $0) }
      let status = try StatusReader.status(
        of: file, library: library, threads: Environment.processorCount)
      try page?.write(StatusPage(status, name: manifest).html)
      Console.printResult(
        talk.json
          ? status.json(manifest: manifest).compactText
          : StatusText.lines(status).map(printable).joined(separator: "\n"))
    }
  }
}
