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

      --sweep reads the base once and writes every variant: -o out.safetensors becomes out-scale-0.safetensors, \
      out-scale-0.25.safetensors and so on. A ResAdapter's low-rank half alone is fused with --norm skip, its norms alone \
      with :0 after its path.
      """)

  @Argument(help: "The model: a file, a shard index or a diffusers folder.")
  var base: String

  @OptionGroup(title: "Output") var target: TargetOptions
  @OptionGroup(title: "In place") var inPlace: InPlaceOptions
  @OptionGroup(title: "Recipe") var recipeOptions: RecipeOptions

  @OptionGroup(title: "Quantisation") var quantization: QuantizeAfterOptions

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Write a variant for each value of scale, unet, te or norm, as in scale=0:1:0.25; of the second of several "
        + "adapters, as in 2.scale=0:1:0.25.", valueName: "key=first:last:step"))
  var sweep: [String] = []

  @OptionGroup(title: "Job") var job: JobOptions
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    try inPlace.refuse(target: target, form: recipeOptions.form, hash: job.hash)
    try job.require(output: inPlace.inPlace || target.output != nil)
    try quantization.options.requirePage(hasOneRun: !job.plan && sweep.isEmpty)
    if inPlace.inPlace, quantization.quantize != nil {
      throw ValidationError("--quantize writes a new file: leave --in-place out")
    }
    guard !sweep.isEmpty else { return }
    if sweep.count > 1 { throw ValidationError("only one number can be swept at a time") }
    if inPlace.inPlace { throw ValidationError("--sweep writes new files: leave --in-place out") }
    if target.isCompressed {
      throw ValidationError("--sweep writes no compressed files; compress them with weft convert")
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    var recipe = try recipeOptions.recipe(base: base)
    target.apply(to: &recipe.output)
    recipe.output.hashesParents = job.hash
    recipe.output.quantization = try quantization.recipe
    if let sweep = sweep.first {
      return try run(FuseSweep(argument: sweep), of: recipe, since: start)
    }
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
    ).run(output: output, report: job.report, html: quantization.options.html, since: start)
  }

  private func run(
    _ sweep: FuseSweep, of recipe: FuseRecipe, since start: ContinuousClock.Instant
  ) throws {
    let library = try FormatLibrary.embedded()
    let fuses = try sweep.recipes(of: recipe).map {
      try FusePlanner.plan($0, library: library, threads: work.runOptions.threads)
    }
    for warning in Set(fuses.flatMap(\.model.warnings)).sorted() { Console.warn(warning) }
    if job.plan { return show(sweep, fuses) }
    guard let output = target.output else { return }
    try SweepJob(sweep: sweep, fuses: fuses, work: work, talk: talk).run(
      output: output, report: job.report, since: start)
  }

  private func show(_ sweep: FuseSweep, _ fuses: [FusePlan]) {
    guard talk.json else { return fuses.forEach { show($0, patch: nil) } }
    let plans = fuses.map { $0.model.json(adapters: $0.adapters) }
    let value = JSONValue.object([
      "sweep": .string(sweep.key.rawValue), "values": .strings(sweep.values),
      "plans": .array(plans),
    ])
    Console.printResult(value.compactText)
  }

  private func show(_ fuse: FusePlan, patch: InPlacePlan?) {
    if talk.json {
      return Console.printResult(fuse.model.json(adapters: fuse.adapters).compactText)
    }
    Console.printResult(RunText.plan(fuse.model, adapters: fuse.adapters))
    if let patch { Console.printResult(RunText.plan(patch)) }
  }
}
