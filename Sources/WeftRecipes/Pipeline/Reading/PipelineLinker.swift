import WeftFormats

extension PipelineStep: OrderedStep {
  var references: [RecipeReference] { [source] }
}

/// Brings the steps of a pipeline into order, and refuses what does not fit together.
struct PipelineLinker {
  let origin: RecipeOrigin
  private let steps: [PipelineStep]
  private let byName: [String: PipelineStep]

  init(_ steps: [PipelineStep], origin: RecipeOrigin) {
    self.origin = origin
    self.steps = steps
    byName = Dictionary(steps.map { ($0.name, $0) }) { first, _ in first }
  }

  /// The steps, each after the one that it takes, without those that are skipped and all that depend on them.
  func linked(skipping skipped: [RecipeReference]) throws(RecipeProblem) -> [PipelineStep] {
    for step in steps { try check(step) }
    let sorted = try StepOrder(origin: origin, steps: steps).sorted()
    var left: Set<String> = Set(skipped.map(\.name))
    var kept: [PipelineStep] = []
    for step in sorted {
      if left.contains(step.name) || left.contains(step.source.name) {
        left.insert(step.name)
      } else {
        kept.append(step)
      }
    }
    try refuseIdle(kept, skipped)
    try refuseSharedPaths(kept)
    return kept
  }

  // MARK: Sources

  /// Refuses a source that is not there, or that the step cannot take.
  private func check(_ step: PipelineStep) throws(RecipeProblem) {
    let name = step.source.name
    let word = step.kind.rawValue
    if name == PipelineStep.input {
      guard step.kind == .verify else { return }
      throw refused(
        step, "'verify' of the step '\(step.name)' is 'input', which no step made",
        "name a step that makes a model")
    }
    guard let source = byName[name] else {
      let known = byName.keys + [PipelineStep.input]
      throw refused(step, "there is no step '\(name)'", NearestName.advice(name, among: known))
    }
    guard !step.kind.takesInput else {
      throw refused(
        step,
        "'\(word)' of the step '\(step.name)' is '\(name)', but it takes the models themselves",
        "write '\(word): input'")
    }
    guard !source.makesModel else { return }
    throw refused(
      step, "'\(word)' of the step '\(step.name)' is '\(name)', which makes no model",
      "name a step that converts, fuses or quantizes" + (step.kind == .verify ? "" : ", or input"))
  }

  private func refused(_ step: PipelineStep, _ what: String, _ advice: String) -> RecipeProblem {
    origin.refused(what, at: step.source.position ?? step.position, advice: advice)
  }

  // MARK: What is left

  /// Refuses steps none of which makes or checks anything.
  private func refuseIdle(
    _ kept: [PipelineStep], _ skipped: [RecipeReference]
  ) throws(RecipeProblem) {
    guard !kept.contains(where: { $0.kind != .report }) else { return }
    guard let skip = skipped.first else {
      throw origin.refused(
        "no step makes or checks anything", at: steps.first?.position,
        advice: "add one that scans, converts, fuses, quantizes or verifies")
    }
    throw origin.refused(
      "without the skipped steps none makes or checks anything", at: skip.position,
      advice: "leave the models out with 'exclude'")
  }

  /// Refuses steps, and variants of one, whose outputs would have the same path whatever the model.
  private func refuseSharedPaths(_ kept: [PipelineStep]) throws(RecipeProblem) {
    var owners: [String: String] = [:]
    for step in kept {
      for path in step.templates {
        let path = NameTemplate.plainPath(NameTemplate.text(path, values: Self.sample(step)))
        if let owner = owners.updateValue(step.name, forKey: path) {
          let what =
            owner == step.name
            ? "the step '\(owner)' writes two files"
            : "the steps '\(owner)' and '\(step.name)' both write"
          throw origin.refused(
            "\(what) to '\(path)'", at: step.position, advice: "give each a path of its own")
        }
      }
    }
  }

  /// Values of the built-in variables that stand for themselves, but for the step's name.
  private static func sample(_ step: PipelineStep) -> [NameTemplate.Variable: String] {
    var values: [NameTemplate.Variable: String] = [.step: step.name]
    for variable in NameTemplate.Variable.allCases where variable != .step {
      values[variable] = "${\(variable.rawValue)}"
    }
    return values
  }
}

extension PipelineStep {
  /// What the step does, in a word.
  var kind: PipelineStepKind {
    switch action {
    case .scan: .scan
    case .convert: .convert
    case .fuse: .fuse
    case .quantize: .quantize
    case .verify: .verify
    case .report: .report
    }
  }

  /// The templates of all paths that the step writes.
  fileprivate var templates: [String] {
    guard case .report(let report) = action else { return [save].compactMap(\.self) }
    return [report.json, report.html].compactMap(\.self)
  }
}
