/// The frame of a plot: its size and the room that axes take.
struct PlotFrame {
  /// The size of the drawing.
  var width = 1120.0
  var height = 380.0
  /// The room on its sides.
  var left = 76.0
  var right = 20.0
  var top = 14.0
  var bottom = 46.0

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

  /// Words of an axis on the right.
  func right(_ ticks: [(Double, String)], title: String) -> String {
    let words = ticks.map { SVG.label($0.1, "start", width - right + 8, $0.0 + 4) }
    let name =
      "<text class=\"middle\" transform=\"translate(\(SVG.text(width - 12)) \(SVG.text((top + y) / 2))) "
      + "rotate(90)\">\(HTMLText.escaped(title))</text>"
    return (words + [name]).joined(separator: "\n")
  }

  /// The line of the largest error that is accepted; empty when that is none.
  func limit(_ tolerance: Double, on scale: ErrorScale) -> String {
    guard tolerance > 0, tolerance.isFinite else { return "" }
    let place = scale.place(tolerance)
    let words = "tolerance \(Figures.short(Figures.number(tolerance)))"
    return SVG.line("limit", left, place, width - right, place)
      + SVG.label(words, "on bad", left + 8, place - 6)
  }

  /// The whole drawing.
  func drawing(_ content: String, about words: String) -> String {
    """
    <div class="plot"><svg\(width < 800 ? " class=\"half\"" : "") viewBox="0 0 \(Int(width)) \(Int(height))" role="img"
    aria-label="\(HTMLText.escaped(words))">
    \(content)
    </svg></div>
    """
  }
}
