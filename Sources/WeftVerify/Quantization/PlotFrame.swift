/// The frame of a plot: its size and the room that axes take.
struct PlotFrame {
  /// The size of the drawing.
  let width = 1120.0
  let height = 380.0
  /// The room on its sides.
  let left = 76.0
  let right = 20.0
  let top = 14.0
  let bottom = 46.0

  /// The place of the axis on the left.
  var x: Double { left }
  /// The place of the axis below.
  var y: Double { height - bottom }

  /// Grid lines and words of an axis below.
  func below(_ ticks: [(Double, String)], title: String) -> String {
    let lines = ticks.map { SVG.line("grid", $0.0, top, $0.0, y) }
    let words = ticks.map { SVG.label($0.1, "middle", $0.0, y + 18) }
    let name = SVG.label(title, "middle", (left + width - right) / 2, height - 6)
    return (lines + words + [name]).joined(separator: "\n")
  }

  /// Grid lines and words of an axis on the left.
  func left(_ ticks: [(Double, String)], title: String) -> String {
    let lines = ticks.map { SVG.line("grid", left, $0.0, width - right, $0.0) }
    let words = ticks.map { SVG.label($0.1, "end", left - 8, $0.0 + 4) }
    let middle = SVG.text((top + y) / 2)
    let name =
      "<text class=\"middle\" transform=\"translate(14 \(middle)) rotate(-90)\">\(HTMLText.escaped(title))</text>"
    return (lines + words + [name]).joined(separator: "\n")
  }

  /// The whole drawing.
  func drawing(_ content: String, about words: String) -> String {
    """
    <svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-label="\(HTMLText.escaped(words))">
    \(content)
    </svg>
    """
  }
}
