import WeftFiles
import WeftFormats
import WeftKernels
import WeftRecipes
import WeftTensors

/// Merges the stages that a step names, tensor by tensor.
struct MergeStepPlanner {
  /// What a merge gives, and what people should know of it.
  struct Result {
    var stage: RecipeStage
    var remarks: [String] = []
    var warnings: [String] = []
  }

  let name: String
  let step: MergeStep
  let inputs: [RecipeStage]
  let base: RecipeStage?
  private let options: MergeStepOptions
  private let rule: any MergeRule

  init(
    name: String, step: MergeStep, inputs: [RecipeStage], base: RecipeStage?,
    library: FormatLibrary
  ) throws {
    self.name = name
    self.step = step
    self.inputs = inputs
    self.base = base
    rule = try MergeRules.rule(step.method)
    try Self.requireOneArchitecture(inputs + (base.map { [$0] } ?? []))
    options = try MergeStepOptions(step, model: inputs[0].base, library: library)
  }

  /// The merged stage; whole models are surveyed with so many threads where the method asks for it, or not at all.
  func plan(surveyThreads: Int?) throws -> Result {
    var result = Result(stage: RecipeStage(name: name, foundation: inputs[0].foundation))
    let names = try sharedNames(&result)
    try options.requireFits(names.map { (name: $0, storedName: storedName($0)) }, step: name)
    let tensors = try names.map(tensor)
    let rule = try surveyed(tensors, threads: surveyThreads)
    var changed = 0
    for tensor in tensors {
      let value = try merged(tensor, by: rule)
      guard !value.isPlainly(inputs[0].value(tensor.name)) else { continue }
      result.stage.values[tensor.name] = value
      changed += 1
    }
    // What the first model's own steps changed and the merge leaves alone.
    for (name, value) in inputs[0].values where result.stage.values[name] == nil {
      result.stage.values[name] = value
    }
    result.remarks.append(words(changed: changed, total: names.count))
    return result
  }

  private func surveyed(_ tensors: [MergedTensor], threads: Int?) throws -> any MergeRule {
    guard let threads else { return rule }
    return try rule.surveyed(
      tensors, (0..<max(1, threads)).map { _ in Workspace(kernels: .best) })
  }

  private func merged(_ tensor: MergedTensor, by rule: any MergeRule) throws -> ComputedValue {
    do {
      return try rule.value(of: tensor)
    } catch let error as TransformError where error.place == nil {
      throw TransformError(
        status: error.status, what: error.what,
        place: "the step '\(name)', \(tensor.name)", advice: error.advice)
    }
  }

  // MARK: What is merged

  /// The tensors of numbers that the first model and all others have; what others lack stays the first model's.
  private func sharedNames(_ result: inout Result) throws -> [CanonicalName] {
    let own = inputs[0].base.stored.filter { $0.value.tensor.info.dtype.isComputable }.keys.sorted()
    var shared = Set(own)
    for other in Array(inputs.dropFirst()) + (base.map { [$0] } ?? []) {
      let lacking = own.filter { other.base.stored[$0] == nil }
      if let first = lacking.first {
        result.warnings.append(
          "'\(other.name)' lacks \(lacking.count) tensors of '\(inputs[0].name)', such as \(first): "
            + "they stay as '\(inputs[0].name)' has them")
      }
      shared.subtract(lacking)
      let extra = other.base.stored.keys.filter { inputs[0].base.stored[$0] == nil }.sorted()
      if let first = extra.first {
        result.warnings.append(
          "\(extra.count) tensors of '\(other.name)' are left out, since '\(inputs[0].name)' has none "
            + "of their names, such as \(first)")
      }
    }
    guard !shared.isEmpty else {
      throw TransformError.refused(
        "the models have no tensor in common", at: "the step '\(name)'",
        advice: "merge models of the same parts")
    }
    return own.filter(shared.contains)
  }

  private func tensor(_ name: CanonicalName) throws -> MergedTensor {
    let storedName = storedName(name)
    let models = try zip(inputs, step.inputs).enumerated().map { index, pair in
      try input(
        name, of: pair.0,
        options: options.options(ofInput: index, for: name, storedName: storedName))
    }
    return MergedTensor(
      name: name, models: models,
      base: try base.map { try input(name, of: $0, options: MergeOptions()) },
      options: options.stepOptions(for: name, storedName: storedName))
  }

  private func storedName(_ name: CanonicalName) -> String {
    inputs[0].base.stored[name]?.tensor.info.name ?? name.path
  }

  private func input(
    _ name: CanonicalName, of stage: RecipeStage, options: MergeOptions
  ) throws -> MergedTensor.Input {
    guard let stored = stage.foundation.stored(name), let value = stage.value(name) else {
      throw TransformError.refused(
        "there is no \(name)", at: stage.base.checkpoint.path,
        advice: "merge models of the same parts")
    }
    guard stored.tensor.info.dtype.isComputable else {
      throw TransformError.badData(
        "\(stored.tensor.info.name) of type \(stored.tensor.info.dtype.rawValue) cannot be merged",
        at: stage.base.checkpoint.path, advice: "use a model in F16, BF16 or F32")
    }
    return MergedTensor.Input(value, shape: stored.shape, options: options, origin: stage.name)
  }

  // MARK: What people are told

  private func words(changed: Int, total: Int) -> String {
    let models = inputs.map { "'\($0.name)'" }.joined(separator: ", ")
    let base = base.map { " against '\($0.name)'" } ?? ""
    return
      "'\(name)' is the \(step.method) of \(models)\(base): \(changed) of \(total) tensors change"
  }

  /// Variants of an architecture, such as inpainting models, can be merged; others cannot.
  private static func requireOneArchitecture(_ stages: [RecipeStage]) throws {
    func family(_ stage: RecipeStage) -> String {
      stage.base.recognition.architecture.map { $0.like ?? $0.id } ?? "unknown"
    }
    guard let first = stages.first, let other = stages.first(where: { family($0) != family(first) })
    else { return }
    throw TransformError.refused(
      "'\(other.name)' is \(other.base.architectureID), but '\(first.name)' is "
        + first.base.architectureID,
      at: other.base.checkpoint.path, advice: "merge models of one architecture")
  }
}

extension ComputedValue {
  /// Whether the values are just those of another value, byte for byte.
  fileprivate func isPlainly(_ other: ComputedValue?) -> Bool {
    guard let mine = plainBlock, let theirs = other?.plainBlock else { return false }
    return mine.isSame(as: theirs)
  }
}
