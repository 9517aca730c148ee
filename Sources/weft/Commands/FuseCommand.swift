import ArgumentParser
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// Fuses adapters into a model.
struct FuseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuse",
    abstract: "Fuse a ResAdapter, LoRAs and other adapters into a model.",
    discussion: """
      Every adapter tensor must fit, or nothing is written (exit 2). All changes are summed exactly and rounded \
      once; tensors that do not change keep their bytes. Memory does not grow with the model: threads are cut \
      down until 256 MiB are enough.
      """)

  @Argument(help: "The model: a safetensors file, a shard index or a diffusers folder.")
  var base: String

  @OptionGroup(title: "Recipe") var recipeOptions: RecipeOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The fused model, a .safetensors file.", valueName: "file"))
  var output: String?

  @Flag(help: "Print what would be done and write nothing.")
  var plan = false

  @Option(help: ArgumentHelp("Write a JSON report of the run.", valueName: "file"))
  var report: String?

  @Flag(help: "Put the SHA-256 of every parent into the output's recipe.")
  var hash = false

  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    guard let output else {
      if !plan { throw ValidationError("where to? add -o FILE.safetensors") }
      if report != nil {
        throw ValidationError("--report needs a run; --plan --json prints the plan")
      }
      return
    }
    guard output.hasSuffix(".safetensors") else {
      throw ValidationError("the output must be named .safetensors, not \(output)")
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    var recipe = try recipeOptions.recipe(base: base)
    recipe.hashesParents = hash
    let fuse = try FusePlanner.plan(recipe, library: .embedded(), threads: work.runOptions.threads)
    for warning in fuse.warnings { Console.warn(warning) }
    if plan { return Console.printResult(planText(fuse)) }
    guard let output else { return }
    let reportFile = try report.map {
      try SmallFile(
        path: $0, replacing: work.force, inputs: fuse.inputFiles, otherOutput: output)
    }
    let summary = try execute(fuse, output: output)
    let result = FuseReport(
      plan: fuse, summary: summary, output: output,
      seconds: (ContinuousClock.now - start).inSeconds,
      peakMemoryByteCount: Environment.peakMemoryByteCount)
    try reportFile?.write(result.json.prettyText + "\n")
    if talk.json { return Console.printResult(result.json.compactText) }
    if !talk.quiet { Console.printResult(FuseText.summary(result)) }
  }

  private func planText(_ fuse: FusePlan) -> String {
    talk.json ? fuse.json.compactText : FuseText.plan(fuse)
  }

  /// Runs the plan with its progress shown; an interrupt ends the program without an output.
  private func execute(_ fuse: FusePlan, output: String) throws -> RunSummary {
    Interruption.endProgramCleanly()
    let display = talk.display(label: "fuse", totalByteCount: fuse.layout.byteCount)
    defer { display.finish() }
    return try fuse.runner(options: work.runOptions).run(path: output, inputs: fuse.inputFiles) {
      display.add($0)
    }
  }
}
