import WeftFiles
package import WeftFormats
package import WeftRecipes
import WeftTensors

/// Turns a recipe of several steps into one plan: the values of every tensor as one formula over all inputs, so that the
/// result is computed in one pass and rounded once.
///
/// Only headers are read, but for methods that need numbers of the whole model (`surveys`).
package struct RecipePlanner {
  /// How a recipe is planned.
  package struct Options: Sendable {
    /// The container of the output.
    package var form = OutputRecipe()
    /// The number of threads.
    package var threads = 1
    /// Whether the data of whole models is read where a method asks for it; a plan that is only shown needs none.
    package var surveys = true

    /// Makes options with every one at its default.
    package init() {}
  }

  private var recipe: MergeRecipe
  private let library: FormatLibrary
  private let options: Options
  private var stages: [String: RecipeStage] = [:]
  private var log = RecipeLog()

  /// The plan of a recipe, or the error that says why there is none.
  package static func plan(
    _ recipe: MergeRecipe, library: FormatLibrary, options: Options
  ) throws -> RecipePlan {
    var planner = RecipePlanner(recipe: recipe, library: library, options: options)
    return try planner.plan()
  }

  private init(recipe: MergeRecipe, library: FormatLibrary, options: Options) {
    self.recipe = recipe
    self.library = library
    self.options = options
  }

  private mutating func plan() throws -> RecipePlan {
    for index in recipe.models.indices { try open(index) }
    for index in recipe.steps.indices { try perform(index) }
    let result = try stage(recipe.output.from)
    var choice = form(result)
    if choice.averages == .keep, recipe.output.averages == .drop { choice.averages = .drop }
    let foundation = try Foundation(result.base, choice: choice, library: library)
    let changed = values(of: result, choice: choice)
    let model = try ModelPlanner(
      foundation: foundation, choice: choice, values: changed,
      operation: .recipe(recipe, checkpoints: log.checkpoints), remarks: log.remarks,
      warnings: log.warnings, library: library
    ).plan(threads: options.threads)
    return RecipePlan(
      recipe: recipe, adapters: log.adapters, model: model,
      unwritten: AdaptedModel(foundation, changed: changed, adapters: log.adapters))
  }

  /// A VAE that is put in goes before everything that was done to the old one.
  private func values(
    of result: RecipeStage, choice: OutputRecipe
  ) -> [CanonicalName: ComputedValue] {
    guard choice.vaePath != nil else { return result.values }
    return result.values.filter { $0.key.component != VAEReplacement.component }
  }

  /// The form of the output: the container of the options, the rest of the recipe.
  private func form(_ result: RecipeStage) -> OutputRecipe {
    var choice = options.form
    let output = recipe.output
    choice.dtype = output.dtype
    choice.layout = output.layout
    choice.vaePath = output.vae.flatMap { recipe.model($0.name)?.path }
    choice.averages = averages(of: result.base)
    choice.isPruned = output.isPruned
    choice.quantization = choice.quantization ?? output.quantization.map(QuantizationRecipe.init)
    choice.allowedUnmatched = output.allowedUnmatched
    return choice
  }

  /// What becomes of the averages of the model that gives the result its form.
  private func averages(of base: BaseModel) -> AveragesChoice {
    let model = recipe.models.first {
      stages[$0.name]?.base.checkpoint.path == base.checkpoint.path
    }
    return AveragesChoice(model?.averages ?? recipe.output.averages)
  }

  private func stage(_ reference: RecipeReference) throws -> RecipeStage {
    guard let stage = stages[reference.name] else {
      throw TransformError.refused(
        "there is no model or step '\(reference.name)'", at: nil,
        advice: "name one of the recipe's models or steps")
    }
    return stage
  }
}

extension AveragesChoice {
  /// The choice that a recipe's word makes.
  package init(_ averages: RecipeAverages) {
    switch averages {
    case .keep: self = .keep
    case .drop: self = .drop
    case .prefer: self = .prefer
    }
  }
}

// MARK: Models

extension RecipePlanner {
  /// Opens a model of the recipe and takes down which files it is.
  private mutating func open(_ index: Int) throws {
    let model = recipe.models[index]
    guard let path = model.path else {
      throw TransformError.noInput(
        "the file of the model '\(model.name)' is not known", at: nil,
        advice: "give folders to look in with --models, or write its path into the recipe")
    }
    let base = try BaseModel.open(path, library: library)
    try recipe.models[index].identify(base.checkpoint)
    log.checkpoints.append(base.checkpoint)
    var choice = OutputRecipe()
    choice.averages = AveragesChoice(model.averages ?? recipe.output.averages)
    stages[model.name] = RecipeStage(
      name: model.name,
      foundation: try Foundation(base, choice: choice, library: library))
  }
}

// MARK: Steps

extension RecipePlanner {
  private mutating func perform(_ index: Int) throws {
    let step = recipe.steps[index]
    do {
      switch step.action {
      case .merge(let merge): stages[step.name] = try perform(merge, name: step.name)
      case .fuse(let fuse): stages[step.name] = try perform(fuse, name: step.name, index: index)
      }
    } catch let error as TransformError where error.place == nil {
      throw TransformError(
        status: error.status, what: error.what, place: "the step '\(step.name)'",
        advice: error.advice)
    }
  }

  private mutating func perform(_ merge: MergeStep, name: String) throws -> RecipeStage {
    let inputs = try merge.inputs.map { try stage($0.reference) }
    let base = try merge.base.map { try stage($0) }
    let planner = try MergeStepPlanner(
      name: name, step: merge, inputs: inputs, base: base, library: library)
    let result = try planner.plan(surveyThreads: options.surveys ? options.threads : nil)
    log.remarks += result.remarks
    log.warnings += result.warnings
    return result.stage
  }

  private mutating func perform(
    _ fuse: FuseStep, name: String, index: Int
  ) throws -> RecipeStage {
    var stage = try stage(fuse.base)
    let recipe = try fuse.recipe(
      base: stage.base, allowedUnmatched: self.recipe.output.allowedUnmatched)
    if let control = try ControlLoRA.find(in: recipe, library: library) {
      return try perform(control, of: fuse, on: stage, name: name, index: index)
    }
    let normBase = try fuse.normBase.map { try self.stage($0).base }
    let tloraBase = try fuse.tloraBase.map { try self.stage($0).base }
    let fusion = try AdapterFusion(
      recipe, base: stage.base, normBase: normBase, tloraBase: tloraBase, library: library)
    var known = fuse
    for (number, source) in fusion.sources.enumerated() {
      try known.adapters[number].identify(source)
      log.checkpoints += source.parts.map(\.checkpoint)
    }
    self.recipe.steps[index].action = .fuse(known)
    let before = stage
    stage.values.merge(try fusion.values(from: before.value)) { $1 }
    log.adapters += fusion.plans
    log.remarks += fusion.remarks
    log.warnings += fusion.warnings
    return RecipeStage(name: name, foundation: stage.foundation, values: stage.values)
  }

  /// A ControlNet of what the steps before gave.
  private mutating func perform(
    _ control: ControlLoRA, of fuse: FuseStep, on stage: RecipeStage, name: String, index: Int
  ) throws -> RecipeStage {
    guard fuse.tloraBase == nil else {
      throw TransformError.refused(
        "a ControlNet has no training model", at: nil, advice: "leave 'tlora_base' out")
    }
    let built = try ControlNetBuilder(
      control: control, base: stage.base, start: stage.value, library: library
    ).build()
    var known = fuse
    try known.adapters[0].identify(control.source)
    recipe.steps[index].action = .fuse(known)
    log.checkpoints.append(control.checkpoint)
    log.adapters.append(built.plan)
    log.remarks += built.remarks
    return RecipeStage(
      name: name,
      foundation: try Foundation(built.model, choice: OutputRecipe(), library: library),
      values: built.values)
  }
}
