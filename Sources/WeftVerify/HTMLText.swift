import WeftKernels
/// What the pages have in common.
enum HTMLText {
  /// The look: no scripts, nothing loaded, light and dark.
  static let style = """
    :root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
    body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
    th, td { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid #8884; }
    td.number, th.number { text-align: right; white-space: nowrap; }
    td.name { font-family: ui-monospace, monospace; font-size: .85rem; overflow-wrap: anywhere; }
    .bar { background: #4a90d9; height: .6rem; min-width: 1px; }
    .fail { color: #c0392b; font-weight: 600; }
    .ok { color: #27864d; font-weight: 600; }
    """

  /// A whole page, in the usual look or one of its own.
  static func page(title: String, style: String = Self.style, body: String) -> String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1"><title>\(escaped(title))</title>
    <style>\(style)</style></head><body>
    \(body)
    </body></html>

    """
  }

  /// Tensors, most different first, with bars that compare them.
  static func table(_ comparisons: [TensorComparison]) -> String {
    let largest = comparisons.map(\.numbers.relativeL2).filter(\.isFinite).max() ?? 0
    let rows = comparisons.map { comparison in
      let numbers = comparison.numbers
      let share = largest > 0 ? min(1, numbers.relativeL2 / largest) : 0
      return "<tr><td class=\"name\">\(escaped(comparison.name))</td>"
        + "<td class=\"number\">\(short(numbers.relativeL2))</td>"
        + "<td><div class=\"bar\" style=\"width:\(Int(share * 100))%\"></div></td>"
        + "<td class=\"number\">\(short(numbers.maxDifference))</td>"
        + "<td class=\"number\">\(short(numbers.cosine))</td>"
        + "<td class=\"number\">\(numbers.different) of \(comparison.elementCount)</td></tr>"
    }
    return """
      <table><tr><th>Tensor</th><th class="number">Relative L2</th>
      <th style="width:12rem"></th><th class="number">Largest</th><th class="number">Cosine</th>
      <th class="number">Elements</th></tr>
      \(rows.joined(separator: "\n"))</table>
      """
  }

  /// Four significant digits.
  static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    var scale = 1.0
    while value.magnitude * scale < 1000 { scale *= 10 }
    return "\((value * scale).rounded() / scale)"
  }

  /// Text that must not become markup, of HTML or XML; control characters, which XML cannot have, become spaces.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case _ where scalar.value < 0x20 && scalar != "\n" && scalar != "\t": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
