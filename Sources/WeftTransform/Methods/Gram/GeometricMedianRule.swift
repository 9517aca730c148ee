/// The point with the least sum of distances to all models.
///
/// Source: https://github.com/ljleb/sd-mecha/blob/b8d4d88/sd_mecha/extensions/builtin/merge_methods/ties.py
struct GeometricMedianRule: MergeRule {
  var modelCounts: ClosedRange<Int> { 2...Int.max }

  func merged(_ tensor: MergedTensor) throws -> ComputedValue {
    let iterations = Int(try tensor.options.number("iterations", in: 0...10_000))
    let tolerance = try tensor.options.number("tolerance", in: 0...1)
    // Differences from one of the models, so that short distances between long vectors are exact enough.
    let formula = GramCombination(tensor.models.map(\.value.formula), origin: 0) {
      Weiszfeld(distances: $0).factors(iterations: iterations, tolerance: tolerance)
    }
    return ComputedValue(formula)
  }
}

/// Weiszfeld's iteration on the factors of the points alone.
struct Weiszfeld {
  /// The products of the points' differences from an origin.
  let distances: GramMatrix

  /// A distance below which a point counts as reached.
  private static let least = 1e-6

  /// The factors of the points, which add up to one.
  func factors(iterations: Int, tolerance: Double) -> [Double] {
    var factors = Array(repeating: 1 / Double(distances.count), count: distances.count)
    var lengths = distancesFrom(factors)
    for _ in 0..<iterations {
      let weights = lengths.map { 1 / max($0, Self.least) }
      let total = weights.reduce(0, +)
      factors = weights.map { $0 / total }
      let before = lengths.reduce(0, +)
      lengths = distancesFrom(factors)
      let after = lengths.reduce(0, +)
      if (before - after).magnitude <= tolerance * after { break }
    }
    return factors
  }

  /// The distance of each point from the sum of all with their factors.
  private func distancesFrom(_ factors: [Double]) -> [Double] {
    let products = factors.indices.map { i in
      factors.indices.reduce(0.0) { $0 + factors[$1] * distances[i, $1] }
    }
    let length = zip(factors, products).reduce(0.0) { $0 + $1.0 * $1.1 }
    return factors.indices.map { i in
      max(0, distances[i, i] - 2 * products[i] + length).squareRoot()
    }
  }
}
