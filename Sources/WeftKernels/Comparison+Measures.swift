#if canImport(Glibc)
  import Glibc
#endif

extension Comparison {
  /// The size of the difference beside the size of what was expected; 0 for equal tensors, infinite beside zeros.
  package var relativeL2: Double {
    guard sumSquaredDifference > 0 else { return 0 }
    return (sumSquaredDifference / sumSquaredA).squareRoot()
  }

  /// The cosine of the angle between both tensors; 1 where one is zero, since then it has no direction.
  package var cosine: Double {
    let product = sumSquaredA * sumSquaredB
    guard different > 0, product > 0 else { return 1 }
    return dot / product.squareRoot()
  }

  /// The root of the mean squared difference.
  package var rootMeanSquare: Double {
    count > 0 ? (sumSquaredDifference / Double(count)).squareRoot() : 0
  }

  /// The size of what was expected beside that of the difference, in decibels; infinite for equal tensors.
  package var signalToNoise: Double {
    guard sumSquaredDifference > 0 else { return .infinity }
    return 10 * log10(sumSquaredA / sumSquaredDifference)
  }
}
