#if canImport(Glibc)
  import Glibc
#endif

/// Where errors lie on a logarithmic axis, at whose ends zero and what is not finite have lanes.
struct ErrorScale {
  private let logarithms: LogScale?
  private let start: Double
  private let end: Double
  private let hasZeros: Bool
  private let hasInfinities: Bool

  /// The width of a lane, and how far its middle is from the end of the axis, in pixels.
  private static let (lane, middle) = (36.0, 10.0)

  /// Makes an axis from `start` to `end`, in pixels, on which all errors have a place.
  init(_ errors: [Double], start: Double, end: Double) {
    (self.start, self.end) = (start, end)
    hasZeros = errors.contains(0)
    hasInfinities = errors.contains { !$0.isFinite }
    let step = start < end ? Self.lane : -Self.lane
    logarithms = LogScale(
      Self.widened(errors), start: hasZeros ? start + step : start,
      end: hasInfinities ? end - step : end)
  }

  /// The least and the greatest positive error, at least a power of ten apart so that noise does not look large.
  private static func widened(_ errors: [Double]) -> [Double] {
    let positive = errors.filter { $0 > 0 && $0.isFinite }
    guard let least = positive.min(), let greatest = positive.max() else { return [] }
    let missing = max(0, 1 - log10(greatest / least)) / 2
    return [least / pow(10, missing), greatest * pow(10, missing)]
  }

  /// The place of an error, in pixels.
  func place(_ error: Double) -> Double {
    let inset = start < end ? Self.middle : -Self.middle
    if error == 0 { return start + inset }
    return error.isFinite ? logarithms?.place(error) ?? (start + end) / 2 : end - inset
  }

  /// The places that are marked, with their words.
  var ticks: [(Double, String)] {
    (hasZeros ? [(place(0), "equal")] : [])
      + (logarithms?.ticks ?? []).map { (place($0), Figures.short(Figures.number($0))) }
      + (hasInfinities ? [(place(.infinity), "∞")] : [])
  }

  /// The places of signal-to-noise ratios in decibels, which say the same as relative errors.
  var decibelTicks: [(Double, String)] {
    guard let ticks = logarithms?.ticks, let least = ticks.first, let greatest = ticks.last,
      least < greatest
    else { return [] }
    return Ticks.linear(from: -20 * log10(greatest), to: -20 * log10(least), count: 6)
      .map { (place(pow(10, -$0 / 20)), Figures.short(Figures.fixed($0, 1))) }
  }
}
