import ArgumentParser
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// Writes an adapter under other names or as another family.
struct AdapterConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write an adapter under other names, as plain LoRA or as full differences.",
    discussion: """
      Without --family, modules keep their family and get the names of --naming. --family lora factors what is no LoRA, \
      to the rank that loses nothing unless a rank is given; --family diff writes full differences. Families that depend \
      on the model's weights need --base, and so do a ResAdapter's norms, which become differences to those of --base.
      """)

  @Argument(help: "The adapter's file, or a ResAdapter's folder.")
  var adapter: String

  @Option(help: ArgumentHelp("What modules become: keep, lora or diff.", valueName: "family"))
  var family: Family = .keep

  @OptionGroup(title: "Form") var form: AdapterFormOptions
  @OptionGroup(title: "Rank") var rankOptions: RankOptions
  @OptionGroup(title: "Output") var output: AdapterOutputOptions
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  /// The values of `--family`.
  enum Family: String, ExpressibleByArgument, CaseIterable {
    case keep, lora, diff
  }

  func validate() throws {
    if family == .diff, rankOptions.choice != nil {
      throw ValidationError("full differences have no rank: leave it out, or use --family lora")
    }
  }

  func run() throws {
    var recipe = AdapterMergeRecipe(adapters: [AdapterRequest(path: adapter)])
    try form.apply(to: &recipe)
    recipe.form.dtype = output.dtype.dtype
    recipe.form.rank = rankOptions.choice
    recipe.form.convolutionRank = rankOptions.convolutionChoice
    recipe.keepsFamilies = family == .keep && rankOptions.choice == nil
    recipe.form.isDense = family == .diff
    if family == .lora, rankOptions.choice == nil {
      recipe.form.rank = RankChoice(.energy(Self.wholeEnergy))
      recipe.form.method = .exact
      recipe.form.keepsProducts = true
    }
    try AdapterMergeJob(recipe: recipe, output: output, work: work, talk: talk).run()
  }

  /// What counts as everything: a relative error of 1e-6, less than the rounding of F16 factors.
  private static let wholeEnergy = 1 - 1e-12
}
