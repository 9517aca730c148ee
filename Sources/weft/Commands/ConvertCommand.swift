import ArgumentParser
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// Writes a model in another container, layout or type.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a model in another container, layout or type, exactly.",
    discussion: """
      Reads safetensors, shards, .safetensors.wz and .safetensors.zst, torch checkpoints (never running a byte of them) and diffusers \
      folders; any file of tensors changes its container and type, models of known architectures also their layout. \
      Values that keep their type keep their bits. What the output leaves out is listed; unknown tensors refuse a \
      change of layout (exit 2). Memory does not grow with the model.
      """)

  @Argument(help: "The model: a file, a shard index or a folder.")
  var input: String

  @OptionGroup(title: "Output") var target: TargetOptions
  @OptionGroup(title: "Form") var form: FormOptions

  @Flag(help: "Leave out the moving averages (EMA) that training checkpoints hold.")
  var dropEma = false

  @Flag(help: "Take the moving averages in place of the UNet's weights.")
  var preferEma = false

  @Flag(help: "Leave out everything that is no part of the model, and list it.")
  var prune = false

  @OptionGroup(title: "Quantisation") var quantization: QuantizeAfterOptions
  @OptionGroup(title: "Job") var job: JobOptions
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    try job.require(output: target.output != nil)
    try quantization.options.requirePage(hasOneRun: !job.plan)
    if dropEma, preferEma {
      throw ValidationError("--drop-ema and --prefer-ema exclude each other")
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    let model = try ConvertPlanner.plan(
      try recipe, library: .embedded(), threads: work.runOptions.threads)
    for warning in model.warnings { Console.warn(warning) }
    if job.plan {
      return Console.printResult(
        talk.json
          ? model.json(adapters: []).compactText : RunText.plan(model, adapters: []))
    }
    guard let output = target.output else { return }
    try ModelJob(label: "convert", model: model, adapters: [], work: work, talk: talk)
      .run(output: output, report: job.report, html: quantization.options.html, since: start)
  }

  private var recipe: ConvertRecipe {
    get throws {
      var recipe = ConvertRecipe(inputPath: input)
      recipe.output = form.recipe
      target.apply(to: &recipe.output)
      recipe.output.averages = dropEma ? .drop : preferEma ? .prefer : .keep
      recipe.output.isPruned = prune
      recipe.output.hashesParents = job.hash
      recipe.output.quantization = try quantization.recipe
      return recipe
    }
  }
}
