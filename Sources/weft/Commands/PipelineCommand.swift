import ArgumentParser
import WeftFiles
import WeftFormats
import WeftPipelines
import WeftTensors

/// What is done to many models.
struct PipelineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipeline",
    abstract: "Convert, fuse, quantise and verify many models by one YAML file.",
    discussion: """
      A pipeline names models by globs or lists, and the steps that each goes through: scan, convert, fuse, quantize, verify \
      and report. Steps that follow each other are done in one pass over the model, with one rounding and without files \
      between them. What is done is known by the content of the model, the steps and what they take, so that a second run \
      makes only what is missing. weft job runs the same tasks on a cluster.
      """,
    subcommands: [Plan.self, Run.self, Schema.self])

  /// Prints what a pipeline would do.
  struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "plan",
      abstract: "Print every output with its predicted size, memory and time, and what is done.",
      discussion: """
        Every model's headers are read, so that what a run would refuse is told now. The exit code is that of the run: 0, or \
        what the models that cannot be done have in common, else 1.
        """)

    @Argument(help: "The pipeline, a YAML file.")
    var path: String

    @OptionGroup(title: "Work") var threadOptions: ThreadOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    func run() throws {
      let library = try FormatLibrary.embedded()
      var made = try ManifestMaker(path, library: library).made()
      let display = talk.display(label: "plan", total: made.tasks.count, of: "model")
      let problems = try made.measureCosts(library: library, threads: threadOptions.count) {
        display.add($0)
      }
      display.finish()
      let status = try StatusReader.status(
        of: made, library: library, threads: threadOptions.count)
      let plan = PlannedPipeline(
        made: made, status: status, finished: try made.finishedOutputs(library: library),
        problems: problems)
      Console.printResult(talk.json ? plan.json.compactText : plan.text)
      let code = ExitStatus.ofWorker(problems.values.map(\.status))
      if code != .success { throw ExitCode(code.rawValue) }
    }
  }

  /// Prints the JSON schema of pipelines.
  struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "schema", abstract: "Print the JSON schema of pipelines, for editors.")

    func run() throws { Console.printResult(try FormatLibrary.embedded().pipelineSchema) }
  }
}
