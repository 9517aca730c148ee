#if canImport(Glibc)
  import Glibc
#endif

/// A curve from the most noise to the least.
enum SigmaCurve: String, Sendable {
  /// Evenly spaced seventh roots.
  /// Source: https://arxiv.org/abs/2206.00364, equation 5
  case karras
  /// Evenly spaced logarithms.
  /// Source: https://github.com/crowsonkb/k-diffusion/blob/v0.1.1/k_diffusion/sampling.py
  case exponential
  /// More steps at both ends.
  /// Source: https://arxiv.org/abs/2407.12173
  case beta

  /// The noise levels of so many steps, the noisiest first.
  func sigmas(_ count: Int, from greatest: Double, to least: Double) -> [Double] {
    (0..<count).map { index in
      let place = count == 1 ? 0 : Double(index) / Double(count - 1)
      switch self {
      case .karras:
        let (first, last) = (pow(greatest, 1 / Self.rho), pow(least, 1 / Self.rho))
        return pow(first + place * (last - first), Self.rho)
      case .exponential:
        return exp(log(greatest) + place * (log(least) - log(greatest)))
      case .beta:
        let share = BetaDistribution(Self.shape, Self.shape).quantile(1 - place)
        return least + share * (greatest - least)
      }
    }
  }

  private static let rho = 7.0
  private static let shape = 0.6
}
