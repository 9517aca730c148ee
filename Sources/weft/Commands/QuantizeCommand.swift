import ArgumentParser
import WeftFiles
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

      Types of GGUF: q4_0 q4_1 q5_0 q5_1 q8_0 q2_k q3_k q4_k q5_k q6_k iq4_nl iq4_xs tq1_0 tq2_0 mxfp4 nvfp4. Of the other \
      containers: fp8_e4m3 fp8_e5m2 fp8_scaled fp8_e5m2_scaled fp8_scaled_old fp8_e5m2_scaled_old fp8_scaled_row \
      fp8_scaled_block int8 int8_tensor int8_bnb nf4 fp4 mxfp8 mxfp4 nvfp4. Of all: f16 bf16 f32. weft fuse, merge and convert quantise in the same pass with --quantize.

      With --target-size or --max-error each tensor gets a type of its own. The model is read once more: every tensor is \
      encoded in every type that fits it, and of all ways to choose, the one with the smallest error in that size, or the \
      smallest size with that error, is taken. The error is the root of the sum of all squared errors over the sum of all \
      squared values, for the tensors that can be quantised and those with a --rule, which stay as the rules say. --type \
      then names the types to choose among, as in q8_0,q5_k,q4_k, beside each tensor's own; without it all usual ones are \
      tried. --plan measures too, and prints what each size costs.
      """)

  @Argument(help: "The model: a file, a shard index or a folder.")
  var input: String

  @OptionGroup(title: "Output") var target: TargetOptions

  @Option(
    help: ArgumentHelp(
      "The type; see above. With a goal: the types to choose among, with commas.", valueName: "type"
    ))
  var type: String?

  @OptionGroup(title: "Goals") var goals: GoalOptions
  @OptionGroup(title: "Quantisation") var quantization: QuantizeOptions
  @OptionGroup(title: "Form") var form: FormOptions
  @OptionGroup(title: "Job") var job: JobOptions
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    try job.require(output: target.output != nil)
    if type == nil, goals.goal(types: nil) == nil {
      throw ValidationError("to what? add --type TYPE, --target-size SIZE or --max-error ERROR")
    }
    try quantization.requirePage(hasOneRun: !job.plan)
    if form.dtype != .keep {
      throw ValidationError("--type decides the types: leave --dtype out, or use --rule")
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    let (model, frontier) = try planned(library: try FormatLibrary.embedded())
    for warning in model.warnings { Console.warn(warning) }
    if job.plan { return Console.printResult(text(model, frontier)) }
    guard let output = target.output else { return }
    try ModelJob(
      label: "quantize", model: model, adapters: [], work: work, talk: talk, frontier: frontier
    ).run(output: output, report: job.report, html: quantization.html, since: start)
  }

  /// The plan, with types that were chosen when there is a goal.
  private func planned(library: FormatLibrary) throws -> (ModelPlan, SizeFrontier?) {
    let options = work.runOptions
    guard let goal = goals.goal(types: type) else {
      return (
        try ConvertPlanner.plan(try recipe, library: library, threads: options.threads), nil
      )
    }
    let search = try TypeSearch(
      try recipe, goal: goal, library: library, threads: options.threads)
    if let output = target.output, !job.plan {
      // Better now than after the model was measured.
      let plan = search.smallest
      try plan.layout.check(output, replacing: work.force, inputs: plan.inputFiles)
    }
    let display = talk.display(label: "measure", totalByteCount: search.byteCount)
    defer { display.finish() }
    let outcome = try search.run(options: options) { display.add($0) }
    return (outcome.plan, outcome.frontier)
  }

  private func text(_ model: ModelPlan, _ frontier: SizeFrontier?) -> String {
    guard talk.json else {
      let lines = frontier.map(FrontierText.lines) ?? []
      return ([RunText.plan(model, adapters: [])] + lines).joined(separator: "\n")
    }
    let members = model.json(adapters: []).members ?? []
    let more = frontier.map { [JSONValue.Member("frontier", $0.json)] } ?? []
    return JSONValue.object(members + more).compactText
  }

  /// The container that a plan without an output is for.
  private func usualFormat(of type: String?) throws -> ContainerFormat {
    let known = try type.flatMap { try FormatLibrary.embedded().quantType($0) }
    return known?.scaled == nil && known?.dtype?.isBlocks ?? false ? .gguf : .safetensors
  }

  private var recipe: ConvertRecipe {
    get throws {
      // The types of a goal's tensors are chosen later.
      let type = goals.goal(types: nil) == nil ? type : "f16"
      var recipe = ConvertRecipe(inputPath: input)
      recipe.output = form.recipe
      target.apply(to: &recipe.output)
      if target.output == nil, target.to == nil { recipe.output.format = try usualFormat(of: type) }
      recipe.output.quantization = try quantization.recipe(type: type, option: "--type TYPE")
      recipe.output.hashesParents = job.hash
      return recipe
    }
  }
}
