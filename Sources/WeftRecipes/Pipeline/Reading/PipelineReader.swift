import WeftFormats

/// Reads what a pipeline says beside its steps: variables, inputs, the folder of the outputs and overrides.
struct PipelineReader: Sendable {
  /// The most overrides: each is tried by itself.
  static let maximumOverrideCount = 1000

  /// The reader of what recipes and pipelines have in common.
  let recipes: RecipeReader
  var origin: RecipeOrigin { recipes.origin }
  var library: FormatLibrary { recipes.library }

  init(origin: RecipeOrigin, library: FormatLibrary) {
    recipes = RecipeReader(origin: origin, library: library)
  }

  /// The document, all of whose keys are known, and whose version is the one there is.
  func document(_ root: RecipeNode) throws(RecipeProblem) -> RecipeObject {
    if case .scalar = root.kind, root.text == nil { throw YAMLText.emptyProblem(origin) }
    let object = try RecipeObject(
      root, "the pipeline", keys: PipelineKeys.document, origin: origin)
    try recipes.checkVersion(object)
    return object
  }

  /// The variables, without values yet.
  func variables(_ object: RecipeObject) throws(RecipeProblem) -> [RecipeNode.Entry] {
    let entries = try recipes.named(object, "variables")
    for entry in entries where NameTemplate.Variable(rawValue: entry.key) != nil {
      throw origin.malformed(
        "the variable '\(entry.key)' is built in: it stands for something else in each output's path",
        at: entry.position, advice: "give this one another name")
    }
    return entries
  }

  /// The steps, before variables have values.
  func steps(_ object: RecipeObject) throws(RecipeProblem) -> [RecipeNode.Entry] {
    let entries = try recipes.named(object, "steps")
    guard !entries.isEmpty else {
      throw object.missing(
        "steps", advice: "add a step, such as 'small: {convert: input, dtype: f16}'")
    }
    for entry in entries where entry.key == PipelineStep.input {
      throw origin.malformed(
        "'input' is the name of the models themselves", at: entry.position,
        advice: "give the step another name")
    }
    return entries
  }

  /// The pipeline without its steps.
  func frame(
    _ object: RecipeObject, _ variables: inout PipelineVariables
  ) throws(RecipeProblem) -> Pipeline {
    guard let outputs = object["outputs"] else {
      throw object.missing("outputs", advice: "name the folder of the outputs")
    }
    var pipeline = Pipeline(
      outputFolder: try text(variables.expanded(outputs), "'outputs'", wanted: "a path"))
    guard let inputs = try object.list("inputs"), !inputs.isEmpty else {
      throw object.missing("inputs", advice: "list globs of models, such as models/*.safetensors")
    }
    for node in inputs { pipeline.inputs.append(try input(variables.expanded(node))) }
    for node in try object.list("exclude") ?? [] {
      let glob = try text(variables.expanded(node), "an element of 'exclude'", wanted: "a glob")
      pipeline.excluded.append(PipelinePattern(glob, at: node.position))
    }
    return pipeline
  }

  private func input(_ node: RecipeNode) throws(RecipeProblem) -> PipelineInput {
    if case .scalar = node.kind {
      return PipelineInput(
        .glob(try text(node, "an element of 'inputs'", wanted: "a glob")), at: node.position)
    }
    let object = try RecipeObject(
      node, "an element of 'inputs'", keys: PipelineKeys.input, origin: origin)
    guard let list = try object.text("list") else {
      throw object.missing("list", advice: "name a file with a path a line, or give a glob")
    }
    return PipelineInput(.list(list), at: node.position)
  }

  /// The text of a value.
  func text(
    _ node: RecipeNode, _ subject: String, wanted: String
  ) throws(RecipeProblem) -> String {
    guard let text = node.text, !text.isEmpty else {
      throw origin.wrongValue(subject, node, wanted: wanted)
    }
    return text
  }
}
