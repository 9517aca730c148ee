import ArgumentParser
import WeftFiles
import WeftFormats
import WeftRecipes
import WeftTensors
import WeftTransform

/// Merges models and does whatever else a recipe says, in one pass.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Merge models by a method, or do all steps of a recipe in one pass.",
    discussion: """
      A recipe (YAML) names models and steps: merges by any method, and fuses of adapters, each of what the ones before \
      it gave. All of it is computed at once and rounded once; nothing is written in between. Configurations of mergekit \
      are read, too, for the methods that both have. weft recipe methods lists the methods, weft recipe schema prints the \
      form of recipes, weft recipe show MODEL the recipe that a model was made by.

      Without a recipe: weft merge --method weighted-sum --model A:0.6 --model B:0.4 -o OUT.
      """)

  @Argument(help: "The recipe, a YAML file.")
  var recipe: String?

  @OptionGroup(title: "Method") var method: MethodOptions
  @OptionGroup(title: "Output") var target: TargetOptions
  @OptionGroup(title: "Form") var form: FormOptions

  @Option(
    name: .customLong("models"), parsing: .singleValue,
    help: ArgumentHelp(
      "A folder to look for models that the recipe names by their hashes alone; may be given again.",
      valueName: "folder"))
  var folders: [String] = []

  @OptionGroup(title: "Quantisation") var quantization: QuantizeAfterOptions
  @OptionGroup(title: "Job") var job: PlanOptions
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    try job.require(output: target.output != nil)
    try quantization.options.requirePage(hasOneRun: !job.plan)
    if recipe != nil, method.isUsed {
      throw ValidationError("a recipe says what is merged: leave --method and its options out")
    }
    if recipe == nil, !method.isUsed {
      throw ValidationError("what is merged? give a recipe, or --method and --model for each model")
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    let library = try FormatLibrary.embedded()
    let plan = try RecipePlanner.plan(
      try recipe(library: library), library: library, options: try options)
    for warning in plan.model.warnings { Console.warn(warning) }
    if job.plan {
      return Console.printResult(
        talk.json
          ? plan.model.json(adapters: plan.adapters).compactText
          : RunText.plan(plan.model, adapters: plan.adapters))
    }
    guard let output = target.output else { return }
    try ModelJob(
      label: "merge", model: plan.model, adapters: plan.adapters, work: work, talk: talk
    ).run(output: output, report: job.report, html: quantization.options.html, since: start)
  }

  private var options: RecipePlanner.Options {
    get throws {
      var options = RecipePlanner.Options()
      target.apply(to: &options.form)
      options.form.quantization = try quantization.recipe
      options.threads = work.runOptions.threads
      options.surveys = !job.plan
      return options
    }
  }

  /// The recipe, with what the options say of the output.
  private func recipe(library: FormatLibrary) throws -> MergeRecipe {
    var recipe =
      try recipe.map { try MergeRecipe.read($0, library: library) }
      ?? method.recipe(library: library)
    if !folders.isEmpty { recipe.findFiles(try ModelFinder(folders)) }
    try recipe.requirePaths(path: self.recipe ?? "--method")
    form.apply(to: &recipe)
    return recipe
  }
}

extension FormOptions {
  /// Puts what the options say of the output into a recipe, where it goes before the recipe's own words.
  func apply(to recipe: inout MergeRecipe) {
    recipe.output.dtype = dtype.dtype ?? recipe.output.dtype
    recipe.output.layout = layout == .keep ? recipe.output.layout : layout.rawValue
    recipe.output.allowedUnmatched += allowUnmatched
    guard let vae else { return }
    let name = recipe.freeName("vae")
    recipe.models.append(RecipeModel(name: name, path: vae))
    recipe.output.vae = RecipeReference(name)
  }
}

extension MergeRecipe {
  /// A name that no model and no step has.
  fileprivate func freeName(_ wanted: String) -> String {
    var name = wanted
    var count = 1
    while model(name) != nil || step(name) != nil {
      count += 1
      name = "\(wanted)-\(count)"
    }
    return name
  }
}
