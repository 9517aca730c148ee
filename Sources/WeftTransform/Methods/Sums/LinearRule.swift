import WeftFormats

/// A method that is a sum of the models with factors, computed in float64 and rounded once.
struct LinearRule: MergeRule {
  let modelCounts: ClosedRange<Int>
  var needsBase = false
  /// The factors of the models in order, and of the base.
  let factors: @Sendable (MergedTensor) throws -> (models: [Double], base: Double)

  func merged(_ tensor: MergedTensor) throws -> ComputedValue {
    let (models, baseFactor) = try factors(tensor)
    var terms = zip(tensor.models, models).map { ($0.value, $1) }
    if needsBase { terms.append((try tensor.requiredBase().value, baseFactor)) }
    return LinearCombination.value(terms)
  }
}

/// The formulas of A1111 and supermerger, without their roundings between the steps.
///
/// Source: https://github.com/hako-mikan/sd-webui-supermerger/blob/b9229d7/scripts/mergers/mergers.py
extension LinearRule {
  /// (1 - alpha) A + alpha B.
  static let weightedSum = LinearRule(modelCounts: 2...2) { tensor in
    let alpha = try tensor.options.number("alpha")
    return ([1 - alpha, alpha], 0)
  }

  /// A + alpha (B - base).
  static let addDifference = LinearRule(modelCounts: 2...2, needsBase: true) { tensor in
    let alpha = try tensor.options.number("alpha")
    return ([1, alpha], -alpha)
  }

  /// (1 - alpha - beta) A + alpha B + beta C.
  static let triple = LinearRule(modelCounts: 3...3) { tensor in
    let (alpha, beta) = try (tensor.options.number("alpha"), tensor.options.number("beta"))
    return ([1 - alpha - beta, alpha, beta], 0)
  }

  /// (1 - beta) ((1 - alpha) A + alpha B) + beta C.
  static let twice = LinearRule(modelCounts: 3...3) { tensor in
    let (alpha, beta) = try (tensor.options.number("alpha"), tensor.options.number("beta"))
    return ([(1 - beta) * (1 - alpha), (1 - beta) * alpha, beta], 0)
  }
}

/// The formulas of mergekit.
///
/// Source: https://github.com/arcee-ai/mergekit/blob/a6e4028/mergekit/merge_methods/generalized_task_arithmetic.py
extension LinearRule {
  /// The sum of weight X, divided by the sum of the weights with `normalize`.
  static let sum = LinearRule(modelCounts: 1...Int.max) { tensor in
    let weights = try tensor.weights()
    guard try tensor.options.flag("normalize") else { return (weights, 0) }
    let total = weights.reduce(0, +)
    guard total != 0 else {
      throw TransformError.refused(
        "the weights add up to 0, by which nothing can be divided", at: tensor.name.path,
        advice: "give other weights, or normalize=false")
    }
    return (weights.map { $0 / total }, 0)
  }

  /// base + lambda · the sum of weight (X - base), divided by the sum of the weights with `normalize`.
  static let taskArithmetic = LinearRule(modelCounts: 1...Int.max, needsBase: true) { tensor in
    let scale = try DifferenceScale(tensor)
    let factors = try tensor.weights().map { scale.factor * $0 }
    return (factors, 1 - factors.reduce(0, +))
  }
}

/// By what the weighted sum of differences is multiplied.
struct DifferenceScale {
  /// Lambda, divided by the sum of the weights with `normalize`.
  let factor: Double

  /// The factor for a sum of all models; weights whose sum is below 1e-8 do not divide, as in mergekit.
  init(_ tensor: MergedTensor) throws {
    let lambda = try tensor.options.number("lambda")
    let total = try tensor.weights().reduce(0, +)
    let isDivided = try tensor.options.flag("normalize") && total.magnitude >= 1e-8
    factor = isDivided ? lambda / total : lambda
  }
}
