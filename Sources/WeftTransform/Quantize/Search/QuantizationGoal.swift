/// What a model is to keep to when the types of its tensors are chosen by their measured errors.
package struct QuantizationGoal: Sendable, Hashable {
  /// The bound.
  package enum Bound: Sendable, Hashable {
    /// The output has at most so many bytes, all of it counted.
    case byteCount(Int)
    /// The error of all tensors that can be quantised together, relative to their values, is at most so much:
    /// sqrt(sum (value - stored)^2 / sum value^2).
    case error(Double)
  }

  /// The bound.
  package let bound: Bound
  /// The names of the types to choose among, beside each tensor's own; empty for those that are usual in the container.
  package let types: [String]

  /// Makes a goal.
  package init(_ bound: Bound, types: [String] = []) {
    self.bound = bound
    self.types = types
  }
}

extension QuantizationGoal {
  /// The greatest sum of squared errors whose error, as it is told, is within the bound.
  static func squaredErrorLimit(error: Double, sumOfSquares: Double) -> Double {
    func isWithin(_ sum: Double) -> Bool {
      relativeError(sum, sumOfSquares: sumOfSquares) <= error
    }
    var limit = error * error * sumOfSquares
    // Each of the four operations was rounded once, so the limit is a few neighbours away at most.
    for _ in 0..<8 where !isWithin(limit) { limit = limit.nextDown }
    for _ in 0..<8 where isWithin(limit.nextUp) { limit = limit.nextUp }
    return limit
  }

  /// The error of a sum of squared errors, relative to the values; 0 where there are none.
  static func relativeError(_ sum: Double, sumOfSquares: Double) -> Double {
    sumOfSquares > 0 ? (sum / sumOfSquares).squareRoot() : 0
  }
}
