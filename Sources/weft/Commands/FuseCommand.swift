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

  @Argument(help: "The model: a file, a shard index or a diffusers folder.")
  var base: String

  @OptionGroup(title: "Output") var target: TargetOptions
  @OptionGroup(title: "Recipe") var recipeOptions: RecipeOptions

  @Flag(help: "Print what would be done and write nothing.")
  var plan = false

  @Option(help: ArgumentHelp("Write a JSON report of the run.", valueName: "file"))
  var report: String?

  @Flag(help: "Put the SHA-256 of every parent into the output's recipe.")
  var hash = false

  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    if target.output == nil, !plan {
      throw ValidationError("where to? add -o FILE.safetensors, FILE.ckpt or FOLDER/")
    }
    if target.output == nil, report != nil {
      throw ValidationError("--report needs a run; --plan --json prints the plan")
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    var recipe = try recipeOptions.recipe(base: base)
    target.apply(to: &recipe.output)
    recipe.output.hashesParents = hash
    let fuse = try FusePlanner.plan(recipe, library: .embedded(), threads: work.runOptions.threads)
    for warning in fuse.model.warnings { Console.warn(warning) }
    if plan {
      return Console.printResult(
        talk.json
          ? fuse.model.json(adapters: fuse.adapters).compactText
          : RunText.plan(fuse.model, adapters: fuse.adapters))
    }
    guard let output = target.output else { return }
    try ModelJob(
      label: "fuse", model: fuse.model, adapters: fuse.adapters, work: work, talk: talk
    ).run(output: output, report: report, since: start)
  }
}
