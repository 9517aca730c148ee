import WeftKernels
import WeftTensors
import WeftTransform

/// The sizes before and after, by type and by component.
struct SizeSection {
  private let report: QuantizationReport
  private let colors: TypeColors

  init(_ report: QuantizationReport, _ colors: TypeColors) {
    self.report = report
    self.colors = colors
  }

  private static let (width, left, right) = (1120.0, 70.0, 90.0)
  private static let rowHeight = 38.0

  /// The section.
  var html: String {
    """
    <section><h2>Sizes</h2><p class="soft">Tensor data before and after, by type.</p>
    \(bars)
    <div class="legend">\(legend)</div>
    <div class="columns"><div><h3>By type</h3>\(types)</div><div><h3>By component</h3>\(components)</div></div>
    </section>
    """
  }

  private var bars: String {
    let before = report.typesBefore.map { ($0.title, $0.byteCountBefore) }
    let after = report.types.map { ($0.title, $0.byteCount) }
    let height = Self.rowHeight * 2
    return """
      <svg viewBox="0 0 \(Int(Self.width)) \(Int(height))" role="img" aria-label="Size by type before and after">
      \(bar("before", before, total: report.byteCountBefore, top: 0))
      \(bar("after", after, total: report.byteCount, top: Self.rowHeight))
      </svg>
      """
  }

  private func bar(
    _ title: String, _ parts: [(String, Int)], total: Int, top: Double
  ) -> String {
    let most = Double(max(report.byteCountBefore, report.byteCount, 1))
    let scale = (Self.width - Self.left - Self.right) / most
    var x = Self.left
    var marks = [
      "<text class=\"end\" x=\"\(SVG.text(x - 10))\" y=\"\(SVG.text(top + 20))\">\(title)</text>"
    ]
    for (type, byteCount) in parts {
      let width = Double(byteCount) * scale
      marks.append(
        "<rect class=\"\(colors.name(type))\" x=\"\(SVG.text(x))\" y=\"\(SVG.text(top + 4))\" "
          + "width=\"\(SVG.text(width))\" height=\"24\"><title>\(HTMLText.escaped(type)): "
          + "\(Figures.bytes(byteCount))</title></rect>")
      x += width
    }
    marks.append(
      "<text class=\"strong\" x=\"\(SVG.text(x + 8))\" y=\"\(SVG.text(top + 20))\">"
        + "\(Figures.bytes(total))</text>")
    return marks.joined(separator: "\n")
  }

  private var legend: String {
    var seen: Set<String> = []
    return (report.types + report.typesBefore).map(\.title).filter { seen.insert($0).inserted }
      .map(colors.key).joined()
  }

  private var types: String {
    let rows = report.types.map { group in
      "<tr><td>\(colors.key(group.title))</td><td class=\"number\">\(group.tensors.count)</td>"
        + "<td class=\"number\">\(Figures.bytes(group.byteCount))</td>"
        + "<td class=\"number\">\(Figures.percent(group.byteCount, of: report.byteCount))</td>"
        + "<td class=\"number\">\(group.loss.map { Figures.number($0.relativeL2) } ?? "–")</td></tr>"
    }
    return """
      <table><tr><th>Type</th><th class="number">Tensors</th><th class="number">Size</th>
      <th class="number">Share</th><th class="number">Relative L2</th></tr>
      \(rows.joined(separator: "\n"))</table>
      """
  }

  private var components: String {
    let rows = report.components.map { group in
      "<tr><td>\(HTMLText.escaped(group.title))</td><td class=\"number\">\(group.tensors.count)</td>"
        + "<td class=\"number\">\(Figures.bytes(group.byteCountBefore)) → "
        + "\(Figures.bytes(group.byteCount))</td>"
        + "<td class=\"number\">\(Figures.percent(group.byteCount, of: group.byteCountBefore))</td>"
        + "<td class=\"number\">\(group.loss.map { Figures.number($0.relativeL2) } ?? "–")</td></tr>"
    }
    return """
      <table><tr><th>Component</th><th class="number">Tensors</th><th class="number">Size</th>
      <th class="number">Of before</th><th class="number">Relative L2</th></tr>
      \(rows.joined(separator: "\n"))</table>
      """
  }
}
