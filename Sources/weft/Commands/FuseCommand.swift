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

      --in-place changes only the bytes of the tensors that change, and of the header, in a safetensors file; the \
      originals are in the undo file, on the disk, before. weft undo FILE gives them back, also after a crash. Nobody else \
      may be using the model meanwhile.
      """)

  @Argument(help: "The model: a file, a shard index or a diffusers folder.")
  var base: String

  @OptionGroup(title: "Output") var target: TargetOptions
  @OptionGroup(title: "In place") var inPlace: InPlaceOptions
  @OptionGroup(title: "Recipe") var recipeOptions: RecipeOptions

  @OptionGroup(title: "Job") var job: JobOptions
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    try inPlace.refuse(target: target, form: recipeOptions.form, hash: job.hash)
    try job.require(output: inPlace.inPlace || target.output != nil)
  }

  func run() throws {
    let start = ContinuousClock.now
    var recipe = try recipeOptions.recipe(base: base)
    target.apply(to: &recipe.output)
    recipe.output.hashesParents = job.hash
    let fuse = try FusePlanner.plan(recipe, library: .embedded(), threads: work.runOptions.threads)
    let patch = inPlace.inPlace ? try InPlacePlan.of(fuse.model) : nil
    for warning in fuse.model.warnings { Console.warn(warning) }
    if job.plan { return show(fuse, patch: patch) }
    if let patch, let undo = inPlace.undo {
      return try InPlaceJob(
        plan: patch, adapters: fuse.adapters, undo: undo, work: work, talk: talk
      ).run(report: job.report, since: start)
    }
    guard let output = target.output else { return }
    try ModelJob(
      label: "fuse", model: fuse.model, adapters: fuse.adapters, work: work, talk: talk
    ).run(output: output, report: job.report, since: start)
  }

  private func show(_ fuse: FusePlan, patch: InPlacePlan?) {
    if talk.json {
      return Console.printResult(fuse.model.json(adapters: fuse.adapters).compactText)
    }
    Console.printResult(RunText.plan(fuse.model, adapters: fuse.adapters))
    if let patch { Console.printResult(RunText.plan(patch)) }
  }
}
