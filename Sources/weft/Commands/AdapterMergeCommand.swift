import ArgumentParser
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// Merges adapters into one.
struct AdapterMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Merge adapters into one that does what they do together.",
    discussion: """
      Low-rank factors are put side by side with their scales, which is exact; --rank cuts the sum to its best factors. \
      Other families become full differences, or factors with --rank. Those that depend on the model's weights need \
      --base. A ResAdapter's folder becomes one file: its norms are differences to those of --base.
      """)

  @Argument(help: ArgumentHelp("The adapters and their strengths.", valueName: "path[:scale]"))
  var adapters: [String]

  @OptionGroup(title: "Form") var form: AdapterFormOptions
  @OptionGroup(title: "Rank") var rankOptions: RankOptions
  @OptionGroup(title: "Output") var output: AdapterOutputOptions
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func run() throws {
    var recipe = AdapterMergeRecipe(
      adapters: try adapters.map { try AdapterRequest(argument: $0) })
    try form.apply(to: &recipe)
    recipe.form.dtype = output.dtype.dtype
    recipe.form.rank = rankOptions.choice
    recipe.form.convolutionRank = rankOptions.convolutionChoice
    try AdapterMergeJob(recipe: recipe, output: output, work: work, talk: talk).run()
  }
}
