import ArgumentParser
import WeftFormats
import WeftTensors
import WeftTransform

/// Writes a model with fewer bits a weight.
struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Write a model with fewer bits a weight: GGUF, fp8, int8 or 4 bits.",
    discussion: """
      The bytes are those of the reference encoders: ggml's for GGUF, torch's for fp8. What stays in higher precision \
      (norms, biases, embeddings of the time step, the first and last convolutions, the VAE and the text encoders) is \
      told, and --rule decides otherwise. Rows that are no whole number of a type's blocks get the next type that fits, \
      which is told as well. --report measures what was lost, tensor by tensor. Memory does not grow with the model.

      Types: q4_0 q4_1 q5_0 q5_1 q8_0 q2_k q3_k q4_k q5_k q6_k iq4_nl iq4_xs tq1_0 tq2_0 mxfp4 nvfp4 fp8_e4m3 fp8_e5m2 \
      f16 bf16 f32. weft fuse, merge and convert quantise in the same pass with --quantize.
      """)

  @Argument(help: "The model: a file, a shard index or a folder.")
  var input: String

  @OptionGroup(title: "Output") var target: TargetOptions

  @Option(help: ArgumentHelp("The type; see above.", valueName: "type"))
  var type: String

  @OptionGroup(title: "Quantisation") var quantization: QuantizeOptions
  @OptionGroup(title: "Form") var form: FormOptions
  @OptionGroup(title: "Job") var job: JobOptions
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    try job.require(output: target.output != nil)
    try quantization.requirePage(hasOneRun: !job.plan)
    if form.dtype != .keep {
      throw ValidationError("--type decides the types: leave --dtype out, or use --rule")
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    let library = try FormatLibrary.embedded()
    let model = try ConvertPlanner.plan(
      try recipe, library: library, threads: work.runOptions.threads)
    for warning in model.warnings { Console.warn(warning) }
    if job.plan {
      return Console.printResult(
        talk.json
          ? model.json(adapters: []).compactText : RunText.plan(model, adapters: []))
    }
    guard let output = target.output else { return }
    try ModelJob(label: "quantize", model: model, adapters: [], work: work, talk: talk)
      .run(output: output, report: job.report, html: quantization.html, since: start)
  }

  private var recipe: ConvertRecipe {
    get throws {
      var recipe = ConvertRecipe(inputPath: input)
      recipe.output = form.recipe
      target.apply(to: &recipe.output)
      recipe.output.quantization = try quantization.recipe(type: type, option: "--type TYPE")
      recipe.output.hashesParents = job.hash
      return recipe
    }
  }
}
