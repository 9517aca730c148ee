import WeftKernels
import WeftTensors
import WeftTransform

/// The error of every block of the model, from its input to its output.
struct DepthSection {
  /// The tensors of one block.
  private struct Block {
    let path: [Substring]
    let loss: Comparison

    /// The end of the path, which tells blocks of a component apart.
    var label: String { path.suffix(2).joined(separator: ".") }
  }

  private let components: [(title: String, blocks: [Block])]
  private let largest: Double

  init(_ report: QuantizationReport) {
    components = report.components.map { ($0.title, Self.blocks(of: $0.tensors)) }
      .filter { !$0.1.isEmpty }
    largest = components.flatMap(\.blocks).map(\.loss.relativeL2).filter(\.isFinite).max() ?? 0
  }

  private static let (step, left, top, plotHeight, bottom) = (34.0, 70.0, 12.0, 190.0, 96.0)

  private static func blocks(of tensors: [QuantizationReport.Tensor]) -> [Block] {
    Dictionary(grouping: tensors) { path(of: $0.decision.name) }.compactMap { path, tensors in
      guard let loss = QuantizationReport.loss(of: tensors), loss.sumSquaredDifference > 0 else {
        return nil
      }
      return Block(path: path, loss: loss)
    }.sorted { isBefore($0.path, $1.path) }
  }

  /// The name up to its first number, or without what its last dot parts.
  private static func path(of name: String) -> [Substring] {
    let parts = name.split(separator: ".")
    if let index = parts.firstIndex(where: { Int($0) != nil }) { return Array(parts[...index]) }
    return parts.count > 1 ? Array(parts.dropLast()) : parts
  }

  /// The order of paths in which numbers count as such.
  private static func isBefore(_ one: [Substring], _ other: [Substring]) -> Bool {
    for (a, b) in zip(one, other) where a != b {
      if let a = Int(a), let b = Int(b), a != b { return a < b }
      return a < b
    }
    return one.count < other.count
  }

  /// The section; empty when nothing was lost.
  var html: String {
    guard largest > 0 else { return "" }
    let charts = components.map { component in
      "<h3>\(HTMLText.escaped(component.title))</h3><div class=\"wide\">\(chart(component.blocks))</div>"
    }
    return """
      <section><h2>Error by depth</h2>
      <p class="soft">Relative L2 of all weights of a block, kept ones included, from the input to the output.</p>
      \(charts.joined(separator: "\n"))</section>
      """
  }

  private func chart(_ blocks: [Block]) -> String {
    let width = max(1120, Self.left + Double(blocks.count) * Self.step + 20)
    let step = min(3 * Self.step, (width - Self.left - 20) / Double(blocks.count))
    let base = Self.top + Self.plotHeight
    let ticks = Ticks.linear(from: 0, to: largest, count: 4).map { value -> String in
      let y = base - value / largest * Self.plotHeight
      return SVG.line("grid", Self.left, y, width - 10, y)
        + SVG.label(Figures.short(Figures.number(value)), "end", Self.left - 8, y + 4)
    }
    let bars = blocks.enumerated().map { index, block in
      bar(block, x: Self.left + (Double(index) + 0.5) * step, width: min(26, step * 0.7))
    }
    return """
      <svg viewBox="0 0 \(Int(width)) \(Int(base + Self.bottom))" style="min-width:\(Int(width * 0.62))px" role="img" aria-label="Relative error by block">
      \((ticks + bars).joined(separator: "\n"))
      </svg>
      """
  }

  private func bar(_ block: Block, x: Double, width: Double) -> String {
    let base = Self.top + Self.plotHeight
    let share = block.loss.relativeL2.isFinite ? block.loss.relativeL2 / largest : 1
    let height = max(1, share * Self.plotHeight)
    let words =
      "\(block.path.joined(separator: ".")): relative L2 \(Figures.number(block.loss.relativeL2))"
    return
      "<rect class=\"block\" rx=\"2\" x=\"\(SVG.text(x - width / 2))\" y=\"\(SVG.text(base - height))\" "
      + "width=\"\(SVG.text(width))\" height=\"\(SVG.text(height))\"><title>\(HTMLText.escaped(words))</title></rect>"
      + SVG.turned(block.label, x + 4, base + 10)
  }
}
