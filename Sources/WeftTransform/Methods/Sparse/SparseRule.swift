import WeftFormats
import WeftTensors

/// Differences from a base that are thinned out, weighted and added up, as mergekit does.
///
/// Source: https://github.com/arcee-ai/mergekit/blob/a6e4028/mergekit/merge_methods/generalized_task_arithmetic.py
struct SparseRule: MergeRule {
  /// Which elements of a difference are kept.
  enum Selection: Sendable {
    /// The largest magnitudes.
    case magnitude
    /// The largest magnitudes but the very largest.
    case outliers
    /// Any, by chance.
    case chance
    /// Any, by chance, large magnitudes more often.
    case rankedChance
  }

  let selection: Selection
  /// Whether only those differences count whose sign is that of the sum of all.
  let elects: Bool

  init(_ selection: Selection, elects: Bool) {
    self.selection = selection
    self.elects = elects
  }

  var modelCounts: ClosedRange<Int> { 1...Int.max }
  var needsBase: Bool { true }

  func merged(_ tensor: MergedTensor) throws -> ComputedValue {
    let base = try tensor.requiredBase().value
    let lambda = try tensor.options.number("lambda")
    let sparsifiers = try tensor.models.indices.map { try sparsifier(tensor, model: $0) }
    let divides = try tensor.options.flag("normalize")
    let weights = try tensor.weights()
    if !elects, sparsifiers.allSatisfy({ $0 is WholeDifference }) {
      return try LinearRule.taskArithmetic.merged(tensor)
    }
    let parts = zip(zip(tensor.models, weights), sparsifiers).filter { pair, sparsifier in
      pair.1 != 0 && !(sparsifier is EmptyDifference)
    }
    guard lambda != 0, !parts.isEmpty else { return base }
    return ComputedValue(
      SparseSum(
        base: base.formula, models: parts.map(\.0.0.value.formula),
        weights: parts.map(\.0.1), sparsifiers: parts.map(\.1),
        election: elects ? .init(divides: divides) : nil,
        factor: elects ? lambda : try DifferenceScale(tensor).factor))
  }

  private func sparsifier(_ tensor: MergedTensor, model: Int) throws -> any Sparsifier {
    let options = tensor.models[model].options
    let density = try options.number("density", in: 0...1)
    guard density < 1 else { return WholeDifference() }
    let count = tensor.models[model].value.rows * tensor.models[model].value.columns
    switch selection {
    case .magnitude:
      guard density > 0 else { return EmptyDifference() }
      return MagnitudeWindow(skipped: 0, kept: max(1, Int(density * Double(count))))
    case .outliers:
      return try outliers(options, density: density, count: count)
    case .chance:
      guard density > 0 else { return EmptyDifference() }
      return ChanceSparsifier(
        chance: density, seed: try seed(tensor, model),
        rescale: try tensor.options.choice("rescale", Rescale.self))
    case .rankedChance:
      return try rankedChance(tensor, model, density: density)
    }
  }

  /// The smallest magnitudes are dropped until the density is reached; where fewer are left than that, fewer of the
  /// largest are dropped.
  private func outliers(
    _ options: MergeOptions, density: Double, count: Int
  ) throws -> any Sparsifier {
    let gamma = try options.number("gamma", in: 0...1)
    let kept = Int(density * Double(count))
    guard kept > 0 else { return EmptyDifference() }
    return MagnitudeWindow(skipped: min(Int(gamma * Double(count)), count - kept), kept: kept)
  }

  private func rankedChance(
    _ tensor: MergedTensor, _ model: Int, density: Double
  ) throws -> any Sparsifier {
    guard density > 0 else { return EmptyDifference() }
    let epsilon = try tensor.models[model].options.number("epsilon", in: 0...1)
    guard density - epsilon > 0, density + epsilon < 1 else {
      throw TransformError.refused(
        "the chances reach from \(density - epsilon) to \(density + epsilon)",
        at: tensor.models[model].origin,
        advice: "choose density and epsilon so that density ± epsilon lies between 0 and 1")
    }
    // As in mergekit, what is ranked together lies along the second dimension: in a convolution, each of an output's
    // taps over all inputs.
    return RankedSparsifier(
      density: density, epsilon: epsilon,
      group: max(1, tensor.shape.dimensions.dropFirst(2).reduce(1, *)),
      seed: try seed(tensor, model),
      rescale: try tensor.options.choice("rescale", Rescale.self))
  }

  private func seed(_ tensor: MergedTensor, _ model: Int) throws -> UInt64 {
    TensorSeed.seed(try tensor.options.seed("seed"), tensor.name, model: model)
  }
}
