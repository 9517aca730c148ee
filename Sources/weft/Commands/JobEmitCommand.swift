import ArgumentParser
import WeftFiles
import WeftFormats
import WeftPipelines
import WeftTensors

extension JobCommand {
  /// Prints what an engine is given.
  struct Emit: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "emit",
      abstract: "Print a submission file for Slurm, Kubernetes, GNU parallel or Snakemake.",
      discussion: """
        Memory and time are the manifest's predictions with margins. Failures that a retry may cure (exit 75) are retried, \
        others are not. The file says how it is submitted.
        """)

    @Argument(help: "The engine: slurm, kubernetes, parallel or snakemake.")
    var engine: String

    @Argument(help: "The manifest.")
    var manifest: String

    @Option(
      name: .shortAndLong, help: ArgumentHelp("Write a file instead.", valueName: "file"))
    var output: String?

    @Option(
      help: ArgumentHelp(
        "The number of workers, each with an equal share of the work (default: one a task, as many as the engine takes).",
        valueName: "n"))
    var slices: Int?

    @Option(help: ArgumentHelp("The most workers that run at once.", valueName: "n"))
    var throttle: Int?

    @Option(help: ArgumentHelp("The cores of a worker.", valueName: "n"))
    var cpus = 2

    @Option(
      help: ArgumentHelp("How often a worker is started again after exit 75.", valueName: "n"))
    var retries = 3

    @Option(
      help: ArgumentHelp(
        "The program, as the workers see it (default: this one; weft on Kubernetes).",
        valueName: "path"))
    var weft: String?

    @Option(help: ArgumentHelp("Kubernetes: the image with weft.", valueName: "image"))
    var image: String?

    @Option(
      help: ArgumentHelp(
        "Kubernetes: the persistent volume claim with the models.", valueName: "name"))
    var volume: String?

    @Option(
      help: ArgumentHelp(
        "Kubernetes: where the volume is mounted; the manifest must be below.", valueName: "path"))
    var mount: String?

    @Flag(help: "Replace an existing file.")
    var force = false

    func run() throws {
      let library = try FormatLibrary.embedded()
      guard let known = library.engine(engine) else {
        throw ValidationError(
          "there is no engine '\(engine)'; "
            + NearestName.advice(engine, among: library.engines.map(\.id)))
      }
      let target = try output.map {
        try SmallFile(path: $0, replacing: force, inputs: [try InputFile.open(manifest)])
      }
      let text = try submission(for: known, library: library).text(for: known)
      guard let target else { return Console.printResult(text) }
      try target.write(text)
    }

    private func submission(for engine: Engine, library: FormatLibrary) throws -> Submission {
      let file = try ManifestFile.open(manifest, library: library)
      let needs = try SubmissionNeeds(file)
      let limit = min(needs.taskCount, engine.sliceLimit ?? needs.taskCount)
      let count = slices ?? max(1, limit)
      return Submission(
        manifestPath: Paths.resolved(manifest) ?? manifest,
        weftPath: weft ?? (image == nil ? Environment.programPath : "weft"),
        taskCount: needs.taskCount, sliceCount: count, throttle: throttle,
        memoryByteCount: needs.memoryByteCount, seconds: needs.seconds(ofSlices: count),
        cpuCount: cpus, name: Paths.name(of: manifest), image: image, volumeClaim: volume,
        mountPath: mount, retries: retries)
    }
  }
}
