#if canImport(Glibc)
  import Glibc
#endif

/// The values that axes mark.
enum Ticks {
  /// About so many round values at even steps between two bounds.
  static func linear(from low: Double, to high: Double, count: Int) -> [Double] {
    guard high > low, (high - low).isFinite else { return [low] }
    let rough = (high - low) / Double(count)
    let power = pow(10, log10(rough).rounded(.down))
    let step = ([1.0, 2, 5].first { $0 * power >= rough * 0.999 } ?? 10) * power
    let first = Int((low / step).rounded(.up))
    let last = Int((high / step * (1 + 1e-9)).rounded(.down))
    return first <= last ? (first...last).map { Double($0) * step } : []
  }

  /// Powers of ten, and where those are few also values between them.
  static func logarithmic(from low: Double, to high: Double) -> [Double] {
    let decades = log10(high / low)
    guard decades > 0.7 else { return linear(from: low, to: high, count: 6) }
    let steps = decades > 4 ? [1.0] : decades > 2.5 ? [1, 3] : [1, 2, 5]
    let powers = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    return powers.flatMap { power in steps.map { $0 * pow(10, Double(power)) } }
      .filter { (low...high).contains($0) }
  }
}
