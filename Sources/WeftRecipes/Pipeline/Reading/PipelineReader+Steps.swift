import WeftFormats

extension PipelineReader {
  /// The steps of a text, in order, with the values of variables.
  func steps(
    _ variables: [RecipeNode.Entry], _ entries: [RecipeNode.Entry],
    skipping skipped: [RecipeReference] = []
  ) throws(RecipeProblem) -> [PipelineStep] {
    var values = try PipelineVariables(variables, origin: origin)
    var steps: [PipelineStep] = []
    var model: String?
    for entry in entries {
      let value = try values.expanded(step: entry.value)
      let step = try step(
        RecipeNode.Entry(key: entry.key, position: entry.position, value: value), after: model)
      if step.makesModel { model = step.name }
      steps.append(step)
    }
    return try PipelineLinker(steps, origin: origin).linked(skipping: skipped)
  }

  /// A step whose variables have values; `before` is the last step before it that makes a model.
  private func step(
    _ entry: RecipeNode.Entry, after before: String?
  ) throws(RecipeProblem) -> PipelineStep {
    let object = try RecipeObject(entry.value, "the step '\(entry.key)'", origin: origin)
    let kind = try kind(object)
    for key in object.entries where !kind.keys.contains(key.key) {
      throw object.unknownKey(key, known: kind.keys)
    }
    return PipelineStep(
      name: entry.key, action: try action(kind, object),
      source: try source(kind, object, after: before), save: try template("save", object),
      position: entry.position)
  }

  /// What a step does, which one of its keys says.
  func kind(_ object: RecipeObject) throws(RecipeProblem) -> PipelineStepKind {
    let found = object.entries.filter { PipelineStepKind(rawValue: $0.key) != nil }
    if found.count > 1 {
      throw origin.malformed(
        "\(object.subject) has both '\(found[0].key)' and '\(found[1].key)'",
        at: found[1].position, advice: "make two steps of them")
    }
    if let key = found.first?.key, let kind = PipelineStepKind(rawValue: key) { return kind }
    let words = PipelineStepKind.allCases.map(\.rawValue)
    guard let first = object.entries.first else {
      throw origin.malformed(
        "\(object.subject) does nothing", at: object.position,
        advice: "start it with one of " + words.joined(separator: ", "))
    }
    throw origin.malformed(
      "\(object.subject) starts with '\(first.key)', which is nothing that steps do",
      at: first.position, advice: NearestName.advice(first.key, among: words))
  }

  /// What the step takes; without a name the last model-making step before it, or the model itself.
  private func source(
    _ kind: PipelineStepKind, _ object: RecipeObject, after before: String?
  ) throws(RecipeProblem) -> RecipeReference {
    guard let node = object[kind.rawValue], !node.isNothing else {
      let name = kind.takesInput ? PipelineStep.input : before ?? PipelineStep.input
      return RecipeReference(name, at: object[kind.rawValue]?.position)
    }
    let name = try text(
      node, "'\(kind.rawValue)' of \(object.subject)", wanted: "the name of a step, or input")
    return RecipeReference(name, at: node.position)
  }

  private func action(
    _ kind: PipelineStepKind, _ object: RecipeObject
  ) throws(RecipeProblem) -> PipelineStep.Action {
    switch kind {
    case .scan: .scan
    case .convert: .convert(try form(object))
    case .fuse: .fuse(try fuse(object))
    case .quantize: .quantize(try quantized(object))
    case .verify: .verify(try verification(object))
    case .report: .report(try report(object))
    }
  }

  private func fuse(_ object: RecipeObject) throws(RecipeProblem) -> PipelineFuse {
    let step = try recipes.fuse(object, base: RecipeReference(PipelineStep.input))
    if let adapter = step.adapters.first(where: { $0.path == nil }) {
      throw origin.malformed(
        "an adapter has no 'path'", at: adapter.position,
        advice: "name the file; its hash may stand beside")
    }
    var fuse = PipelineFuse(adapters: step.adapters)
    fuse.norm = step.norm
    fuse.normBase = step.normBase?.name
    fuse.tloraBase = step.tloraBase?.name
    fuse.alphaZero = step.alphaZero
    fuse.sweep = try object.text("sweep")
    fuse.form = try form(object)
    return fuse
  }

  private func verification(
    _ object: RecipeObject
  ) throws(RecipeProblem) -> PipelineVerification {
    var verification = PipelineVerification()
    verification.level =
      try object.word("level", of: PipelineVerification.levels) ?? verification.level
    verification.tolerance = try object.number("tolerance")
    if let tolerance = verification.tolerance, tolerance < 0, let node = object["tolerance"] {
      throw object.wrongType("tolerance", node, wanted: "a number from 0 up")
    }
    return verification
  }

  private func report(_ object: RecipeObject) throws(RecipeProblem) -> PipelineReport {
    var report = PipelineReport()
    report.json = try template("json", object)
    report.html = try template("html", object)
    guard report.json != nil || report.html != nil else {
      throw object.missing("json", advice: "add 'json: PATH', 'html: PATH' or both")
    }
    return report
  }
}
