#if canImport(Glibc)
  import Glibc
#endif

/// The beta distribution.
struct BetaDistribution {
  private let a: Double
  private let b: Double

  /// Makes a distribution by its two positive shapes.
  init(_ a: Double, _ b: Double) { (self.a, self.b) = (a, b) }

  /// The number below which a random number is with so much probability.
  func quantile(_ probability: Double) -> Double {
    guard probability > 0 else { return 0 }
    guard probability < 1 else { return 1 }
    var (low, high) = (0.0, 1.0)
    while true {
      let middle = (low + high) / 2
      guard low < middle, middle < high else { return middle }
      if Self.cumulative(middle, a, b) < probability { low = middle } else { high = middle }
    }
  }

  /// The regularised incomplete beta function, by a continued fraction where it converges fast.
  ///
  /// Source: https://dlmf.nist.gov/8.17#v
  private static func cumulative(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x <= (a + 1) / (a + b + 2) else { return 1 - cumulative(1 - x, b, a) }
    let front = exp(a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b)) / a
    return front / fraction(x, a, b)
  }

  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    // From the innermost of so many terms, which is past double's precision for shapes below 1.
    var value = 1.0
    for term in (1...100).reversed() {
      let m = Double(term / 2)
      let top =
        term % 2 == 0
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      value = 1 + top / value
    }
    return value
  }
}
