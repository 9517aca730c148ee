package import WeftFormats

/// What a method asks of a step, beyond the types of single values.
package struct MergeStepRules {
  /// Something that does not fit.
  package struct Misfit: Sendable, Equatable {
    /// What is wrong.
    package let what: String
    /// What to do about it.
    package let advice: String
  }

  /// How far the weights of a method whose weights are shares may be from a sum of 1: they are decimal fractions that
  /// people write.
  static let shareTolerance = 1e-6

  private let method: MergeMethod
  private let subject: String
  private let presets: [String: [Double]]

  /// Makes the rules; `subject` is what errors call the step, such as `the step 'mixed'`, and `presets` are the
  /// library's curves of block weights.
  package init(method: MergeMethod, subject: String, presets: [String: [Double]]) {
    self.method = method
    self.subject = subject
    self.presets = presets
  }

  /// Takes the models' weights, fills in the defaults of all options, and says what does not fit; nil when all does.
  ///
  /// `weights` has a weight or nil for each input.
  package func complete(_ step: inout MergeStep, weights: [Double?]) -> Misfit? {
    countMisfit(step) ?? baseMisfit(step) ?? take(weights, into: &step)
      ?? fillStep(&step) ?? fillInputs(&step)
  }

  private func countMisfit(_ step: MergeStep) -> Misfit? {
    let count = step.inputs.count
    let isEnough = count >= method.leastModelCount
    guard !isEnough || count > (method.mostModelCount ?? count) else { return nil }
    let wanted =
      method.mostModelCount == method.leastModelCount
      ? "\(method.leastModelCount)" : "at least \(method.leastModelCount)"
    let models = "\(count) model\(count == 1 ? "" : "s")"
    return Misfit(
      what: "\(subject) has \(models), but '\(method.id)' takes \(wanted)",
      advice: isEnough ? "leave some out, or choose a method for more" : "add a model")
  }

  private func baseMisfit(_ step: MergeStep) -> Misfit? {
    if method.needsBase, step.base == nil {
      return Misfit(
        what: "\(subject) has no 'base', from which '\(method.id)' measures differences",
        advice: "add 'base: MODEL'")
    }
    guard !method.needsBase, let base = step.base else { return nil }
    return Misfit(
      what: "\(subject) has the base '\(base.name)', but '\(method.id)' takes none",
      advice: "leave 'base' out")
  }

  /// Gives the weights to the models, or to the options that they stand for.
  private func take(_ weights: [Double?], into step: inout MergeStep) -> Misfit? {
    guard method.shares.isEmpty else { return takeShares(weights, into: &step) }
    for (index, weight) in weights.enumerated() {
      if let weight { step.inputs[index].options["weight"] = .number(weight) }
    }
    return nil
  }

  /// The weights after the first are shares; the first's is what they leave.
  private func takeShares(_ weights: [Double?], into step: inout MergeStep) -> Misfit? {
    let given = weights.compactMap(\.self)
    guard !given.isEmpty else { return nil }
    let rest = weights.dropFirst().compactMap(\.self)
    guard rest.count == method.shares.count else {
      let count = "\(given.count) weight\(given.count == 1 ? "" : "s")"
      return Misfit(
        what: "\(subject) has \(count) for \(weights.count) models",
        advice: "give every model but the first a weight, or use the options")
    }
    if let name = method.shares.first(where: { step.options[$0] != nil }) {
      return Misfit(
        what: "\(subject) has both weights and '\(name)'", advice: "keep one of them")
    }
    let sum = given.reduce(0, +)
    if given.count == weights.count, abs(sum - 1) > Self.shareTolerance {
      return Misfit(
        what:
          "the weights of \(subject) add up to \(NumberText.shortest(sum)), not to 1, as shares do",
        advice: "choose 'sum' for weights of any sum")
    }
    for (name, weight) in zip(method.shares, rest) { step.options[name] = .number(weight) }
    return nil
  }

  private func fillStep(_ step: inout MergeStep) -> Misfit? {
    if let name = method.blockOption { fill(&step.options, name, by: step.blocks) }
    return fill(&step.options, method.options, subject)
  }

  private func fillInputs(_ step: inout MergeStep) -> Misfit? {
    for index in step.inputs.indices {
      fill(&step.inputs[index].options, "weight", by: step.inputs[index].blocks)
      let name = step.inputs[index].reference.name
      let misfit = fill(
        &step.inputs[index].options, method.modelOptions, "the model '\(name)' of \(subject)")
      if let misfit { return misfit }
    }
    return nil
  }

  /// Gives an option that is not given the value of `BASE`, when there is one for every block.
  private func fill(
    _ values: inout [String: OptionValue], _ name: String, by blocks: BlockChoice?
  ) {
    guard let blocks, values[name] == nil, blocks.coversAll,
      let value = blocks.value(block: "BASE", presets: presets)
    else { return }
    values[name] = .number(value)
  }

  /// Adds the defaults; an option without one must have been given.
  private func fill(
    _ values: inout [String: OptionValue], _ options: [MergeOption], _ subject: String
  ) -> Misfit? {
    for option in options where values[option.name] == nil {
      guard let standard = option.standard else {
        return Misfit(
          what: "\(subject) has no '\(option.name)'",
          advice: "give \(option.wanted): \(option.title)")
      }
      values[option.name] = standard
    }
    return nil
  }
}
