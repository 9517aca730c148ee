#if canImport(Glibc)
  import Glibc
#endif

/// How many errors are how large: bars between round values, beside those that are zero and not finite.
struct ErrorHistogram {
  /// Errors that have a bar of their own.
  private struct Bin {
    /// Between which values they are; nil for those without bounds.
    var bounds: Range<Double>?
    let words: String
    let style: String
    var count = 0
  }

  private let bins: [Bin]
  private let noun: String
  private let frame = PlotFrame(height: 290, top: 26, bottom: 50)

  /// The widest step from bar to bar, in pixels.
  private static let widestStep = 84.0

  /// Sorts errors into bars; `noun` is what has them, such as `modules`.
  init(_ errors: [Double], of noun: String) {
    self.noun = noun
    let zeros = Bin(words: "equal", style: "t2", count: errors.count { $0 == 0 })
    let infinities = Bin(words: "not finite", style: "t5", count: errors.count { !$0.isFinite })
    bins =
      [zeros].filter { $0.count > 0 } + Self.bins(errors.filter { $0 > 0 && $0.isFinite })
      + [infinities].filter { $0.count > 0 }
  }

  private static func bins(_ errors: [Double]) -> [Bin] {
    guard let least = errors.min(), let greatest = errors.max() else { return [] }
    let edges = edges(from: least, to: greatest)
    var bins = zip(edges, edges.dropFirst()).map { low, high in
      Bin(
        bounds: low..<high, words: "\(Figures.number(low)) to \(Figures.number(high))",
        style: "block")
    }
    for error in errors {
      guard let index = bins.firstIndex(where: { $0.bounds?.contains(error) == true }) else {
        continue
      }
      bins[index].count += 1
    }
    return bins
  }

  /// Round values around all errors, the closer the less these are apart.
  private static func edges(from least: Double, to greatest: Double) -> [Double] {
    let decades = log10(greatest / least)
    let steps = decades < 1.5 ? [1, 1.5, 2, 3, 5, 7] : decades < 5 ? [1, 2, 5] : [1.0]
    let powers = Int(log10(least).rounded(.down)) - 1...Int(log10(greatest).rounded(.up)) + 1
    let edges = powers.flatMap { power in steps.map { $0 * pow(10, Double(power)) } }
    let first = edges.lastIndex { $0 <= least } ?? 0
    let last = edges.firstIndex { $0 > greatest } ?? edges.count - 1
    return Array(edges[first...last])
  }

  private var step: Double {
    min(Self.widestStep, (frame.width - frame.left - frame.right) / Double(max(bins.count, 1)))
  }

  private func x(_ index: Int) -> Double { frame.left + 14 + Double(index) * step }

  /// The drawing; empty when there is nothing to count.
  var html: String {
    guard let most = bins.map(\.count).max(), most > 0 else { return "" }
    let ticks = Ticks.linear(from: 0, to: Double(most), count: 4).filter { $0 == $0.rounded() }
      .map { (height(Int($0), most), Figures.count(Int($0))) }
    let bars = bins.enumerated().map { index, bin in bar(bin, index, most) + label(bin, index) }
    return frame.drawing(
      frame.left(ticks, title: noun) + bars.joined(separator: "\n")
        + SVG.label(
          "relative L2", "middle", frame.left + (frame.width - frame.left) / 2, frame.height - 8),
      about: "How many \(noun) have which relative error")
  }

  private func height(_ count: Int, _ most: Int) -> Double {
    frame.y - Double(count) / Double(most) * (frame.y - frame.top)
  }

  /// The word below: in the middle where a bar has no bounds, otherwise its least value at its start.
  private func label(_ bin: Bin, _ index: Int) -> String {
    guard let bounds = bin.bounds else {
      return SVG.label(bin.words, "middle", x(index) + step / 2, frame.y + 18)
    }
    let isLast = index + 1 == bins.count || bins[index + 1].bounds == nil
    return edge(bounds.lowerBound, index) + (isLast ? edge(bounds.upperBound, index + 1) : "")
  }

  private func edge(_ value: Double, _ index: Int) -> String {
    SVG.label(Figures.short(Figures.number(value)), "middle", x(index), frame.y + 18)
  }

  private func bar(_ bin: Bin, _ index: Int, _ most: Int) -> String {
    guard bin.count > 0 else { return "" }
    let top = height(bin.count, most)
    return
      "<rect class=\"\(bin.style)\" rx=\"2\" x=\"\(SVG.text(x(index) + 2))\" y=\"\(SVG.text(top))\" "
      + "width=\"\(SVG.text(step - 4))\" height=\"\(SVG.text(max(1, frame.y - top)))\">"
      + "<title>\(HTMLText.escaped("\(bin.count) \(noun): \(bin.words)"))</title></rect>"
      + SVG.label(Figures.count(bin.count), "middle strong", x(index) + step / 2, top - 6)
  }
}
