#if canImport(Glibc)
  import Glibc
#endif

/// The largest error in every block, a column a case.
struct BlockHeatMap {
  /// A block with its errors in the cases' order.
  private struct Row {
    let path: String
    let errors: [Double]
  }

  private let component: ForwardReport.Component
  private let rows: [Row]
  /// The logarithms of the errors at which the colours start and end.
  private let range: ClosedRange<Double>

  private static let (rowHeight, head, left, right, width) = (25.0, 100.0, 190.0, 110.0, 1120.0)
  /// The most characters of the title of a row or column.
  private static let titleLength = 28
  /// The first colour on which dark words would not be legible on a light page, or light ones on a dark one.
  private static let firstHighLevel = 7

  init(_ component: ForwardReport.Component) {
    self.component = component
    rows = ModuleBlocks(component.modules).groups.map { path, modules in
      Row(
        path: path,
        errors: component.cases.indices.map { index in
          modules.compactMap { module in
            let numbers = component.modules[module].numbers
            return index < numbers.count ? numbers[index].divergence : nil
          }.max() ?? 0
        })
    }
    range = Self.range(rows.flatMap(\.errors) + [component.tolerance.modules])
  }

  /// From the least to the greatest error or the tolerance, and no less than two powers of ten.
  private static func range(_ errors: [Double]) -> ClosedRange<Double> {
    let logarithms = errors.filter { $0 > 0 && $0.isFinite }.map { log10($0) }
    let top = logarithms.max() ?? 0
    return min(logarithms.min() ?? top, top - 2)...top
  }

  private var step: Double {
    min(150, (Self.width - Self.left - Self.right) / Double(max(1, component.cases.count)))
  }

  /// The drawing with its legend.
  var html: String {
    let height = Self.head + Double(rows.count) * Self.rowHeight + 4
    let heads = component.cases.indices.map { index in
      let x = Self.left + (Double(index) + 0.5) * step
      return
        "<text transform=\"translate(\(SVG.text(x - 4)) \(SVG.text(Self.head - 8))) rotate(-28)\">"
        + "\(HTMLText.escaped(Figures.shortened(component.cases[index].title, to: Self.titleLength)))</text>"
    }
    let lines = rows.enumerated().flatMap { index, row in line(row, index) }
    return """
      <div class="plot"><svg viewBox="0 0 \(Int(Self.width)) \(Int(height))" role="img" aria-label="The largest error by block and case">
      \((heads + lines).joined(separator: "\n"))
      </svg></div>
      \(legend)
      """
  }

  private func line(_ row: Row, _ index: Int) -> [String] {
    let top = Self.head + Double(index) * Self.rowHeight
    let name = SVG.label(
      Figures.shortened(row.path, to: Self.titleLength), "end strong", Self.left - 10, top + 17)
    return [name]
      + row.errors.enumerated().map { column, error in
        cell(
          error, x: Self.left + Double(column) * step, y: top,
          "\(row.path), \(component.cases[column].title)")
      }
  }

  private func cell(_ error: Double, x: Double, y: Double, _ place: String) -> String {
    let (fill, ink) = style(error)
    let isBeyond = error > component.tolerance.modules
    let box =
      "x=\"\(SVG.text(x + 1))\" y=\"\(SVG.text(y + 1))\" width=\"\(SVG.text(step - 2))\" "
      + "height=\"\(SVG.text(Self.rowHeight - 2))\""
    let words = "\(place): relative L2 \(Figures.number(error))"
    return "<g><title>\(HTMLText.escaped(words))</title><rect class=\"\(fill)\" \(box)/>"
      + (isBeyond ? "<rect class=\"beyond\" \(box)/>" : "")
      + (step < 60
        ? "" : SVG.label(word(error), "middle \(ink)", x + step / 2, y + Self.rowHeight / 2 + 4))
      + "</g>"
  }

  private func word(_ error: Double) -> String { error == 0 ? "equal" : Figures.number(error) }

  /// The colour of a cell, and that of the words on it.
  private func style(_ error: Double) -> (fill: String, ink: String) {
    if error == 0 { return ("equal", "strong") }
    guard error.isFinite else { return ("infinite", "infinite") }
    let share = (log10(error) - range.lowerBound) / (range.upperBound - range.lowerBound)
    let level = max(0, min(PageStyle.heatCount - 1, Int(share * Double(PageStyle.heatCount))))
    return ("h\(level)", level < Self.firstHighLevel ? "low" : "high")
  }

  private var legend: String {
    let errors = rows.flatMap(\.errors)
    let bounds = [range.lowerBound, range.upperBound].map { Figures.number(pow(10, $0)) }
    let keys =
      (errors.contains(0) ? [key("equal", "equal")] : [])
      + (errors.contains { !$0.isFinite } ? [key("infinite", "not finite")] : [])
      + (errors.contains { $0 > component.tolerance.modules }
        ? [key("beyond", "out of tolerance")] : [])
    return """
      <div class="scale soft"><span>\(bounds[0])</span><i></i><span>\(bounds[1])</span></div>
      <div class="legend">\(keys.joined())</div>
      """
  }

  private func key(_ style: String, _ words: String) -> String {
    "<span><span class=\"key \(style)\"></span>\(words)</span>"
  }
}
