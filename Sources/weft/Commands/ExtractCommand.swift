import ArgumentParser
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// Extracts what a tuned model learned as an adapter.
struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Write the difference of two models as a LoRA.",
    discussion: """
      Weights become the low-rank factors that are nearest to the difference, or the whole difference where that is \
      smaller; biases and norms are kept whole, so that nothing is lost at full rank. Nothing is clamped. Both models may \
      be in any container and layout, of one architecture. What the factors capture is measured and printed. Values are \
      F16 unless --dtype says otherwise. Decompositions are OpenBLAS' own, so their last bits depend on the processor.
      """)

  @Argument(help: "The model that was tuned.")
  var tuned: String

  @Option(help: ArgumentHelp("The model that it was tuned from.", valueName: "file"))
  var base: String

  @OptionGroup(title: "Rank") var rankOptions: RankOptions

  @Option(
    help: ArgumentHelp(
      "How factors are found: auto, exact or randomized.", valueName: "method"))
  var method: FactoringMethod = .auto

  @Option(
    help: ArgumentHelp(
      "The components to extract, such as unet,text_encoder (default: all that adapters name).",
      valueName: "list"))
  var components: String?

  @OptionGroup(title: "Output") var output: AdapterOutputOptions
  @OptionGroup(title: "Output") var namingOptions: NamingOptions
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws { _ = try rankOptions.required() }

  func run() throws {
    let start = ContinuousClock.now
    let extraction = try Extraction.plan(try recipe, library: .embedded())
    for omission in extraction.omissions { Console.warn(Self.words(omission)) }
    let job = AdapterJob(
      label: "extract", output: output, work: work, talk: talk,
      inputs: extraction.checkpoints.flatMap(\.files))
    try job.run(byteCount: extraction.byteCount, since: start) { progress in
      let report = try extraction.run(
        to: output.output, options: work.runOptions, progress: progress)
      let left = extraction.omissions.map { omission in
        JSONValue.object([
          "component": .string(omission.component), "tensors": .integer(omission.count),
          "reason": .string(omission.reason),
        ])
      }
      return (
        [
          JSONValue.Member("architecture", .string(extraction.base.architectureID)),
          JSONValue.Member("left_out", .array(left)),
        ] + report.members, CompositionText.lines(report)
      )
    }
  }

  private static func words(_ omission: Extraction.Omission) -> String {
    "left out: \(omission.component), \(HumanText.count(omission.count, "tensor")): "
      + omission.reason
  }

  private var recipe: ExtractRecipe {
    get throws {
      var recipe = ExtractRecipe(tunedPath: tuned, basePath: base)
      recipe.components = components.map { $0.split(separator: ",").map(String.init) } ?? []
      recipe.form.spelling = namingOptions.spelling
      recipe.form.dtype = output.dtype.dtype
      recipe.form.rank = try rankOptions.required()
      recipe.form.convolutionRank = rankOptions.convolutionChoice
      recipe.form.method = method
      return recipe
    }
  }
}
