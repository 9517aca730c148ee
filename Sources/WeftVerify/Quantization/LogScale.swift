#if canImport(Glibc)
  import Glibc
#endif

/// Where values lie on a logarithmic axis.
struct LogScale {
  private let low: Double
  private let high: Double
  private let start: Double
  private let end: Double

  /// Makes an axis from `start` to `end`, in pixels, on which all positive values have a place; nil when there are none.
  init?(_ values: [Double], start: Double, end: Double) {
    let logarithms = values.filter { $0 > 0 && $0.isFinite }.map { log10($0) }
    guard let least = logarithms.min(), let greatest = logarithms.max() else { return nil }
    let margin = max(0.08, (greatest - least) * 0.06)
    low = least - margin
    high = greatest + margin
    self.start = start
    self.end = end
  }

  /// The place of a value, in pixels.
  func place(_ value: Double) -> Double {
    start + (log10(value) - low) / (high - low) * (end - start)
  }

  /// The values that are marked: powers of ten, and where there are few of those also 2 and 5 times them.
  var ticks: [Double] {
    let powers = Int(low.rounded(.down))...Int(high.rounded(.up))
    let steps = high - low > 3 ? [1.0] : high - low > 1.2 ? [1, 3] : [1, 1.5, 2, 3, 5, 7]
    return powers.flatMap { power in steps.map { $0 * pow(10, Double(power)) } }
      .filter { (low...high).contains(log10($0)) }
  }
}
