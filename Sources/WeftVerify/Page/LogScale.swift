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
    let margin = max(0.03, (greatest - least) * 0.06)
    low = least - margin
    high = greatest + margin
    self.start = start
    self.end = end
  }

  /// The place of a value, in pixels.
  func place(_ value: Double) -> Double {
    start + (log10(value) - low) / (high - low) * (end - start)
  }

  /// The values that are marked.
  var ticks: [Double] { Ticks.logarithmic(from: pow(10, low), to: pow(10, high)) }
}
