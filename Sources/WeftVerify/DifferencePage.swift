import WeftKernels

/// A difference as one self-contained HTML page: no scripts, nothing loaded, light and dark.
package struct DifferencePage {
  private let difference: ModelDifference
  private let first: String
  private let second: String

  /// Makes a page about two models, which are called by their paths.
  package init(_ difference: ModelDifference, first: String, second: String) {
    self.difference = difference
    self.first = first
    self.second = second
  }

  private static let style = """
    :root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
    body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
    th, td { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid #8884; }
    td.number, th.number { text-align: right; white-space: nowrap; }
    td.name { font-family: ui-monospace, monospace; font-size: .85rem; overflow-wrap: anywhere; }
    .bar { background: #4a90d9; height: .6rem; min-width: 1px; }
    """

  /// The page.
  package var html: String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><title>weft diff</title>
    <style>\(Self.style)</style></head><body>
    <h1>\(difference.isEqual ? "The models are equal" : "The models differ")</h1>
    <p>A: <code>\(escaped(first))</code><br>B: <code>\(escaped(second))</code></p>
    \(counts)
    \(list("Only in A", difference.onlyInFirst))
    \(list("Only in B", difference.onlyInSecond))
    \(list("Other shapes", difference.mismatches.map(text)))
    \(list("Other types", difference.retyped.map(text)))
    \(list("Other metadata", difference.metadataKeys))
    \(changes)
    </body></html>

    """
  }

  private var counts: String {
    "<p>\(difference.changed.count) tensors changed, \(difference.equalCount) are equal, "
      + "\(difference.onlyInFirst.count) are only in A, "
      + "\(difference.onlyInSecond.count) only in B.</p>"
  }

  /// The changed tensors, most different first, with bars that compare them.
  private var changes: String {
    guard !difference.changed.isEmpty else { return "" }
    let largest = difference.changed.map(\.numbers.relativeL2).filter(\.isFinite).max() ?? 0
    let rows = difference.changed.map { comparison in
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
      <h2>Changed tensors</h2><table><tr><th>Tensor</th><th class="number">Relative L2</th>
      <th style="width:12rem"></th><th class="number">Largest</th><th class="number">Cosine</th>
      <th class="number">Elements</th></tr>
      \(rows.joined(separator: "\n"))</table>
      """
  }

  private func list(_ title: String, _ items: [String]) -> String {
    guard !items.isEmpty else { return "" }
    let rows = items.map { "<tr><td class=\"name\">\(escaped($0))</td></tr>" }
    return "<h2>\(title)</h2><table>\(rows.joined(separator: "\n"))</table>"
  }

  private func text(_ mismatch: ModelDifference.Mismatch) -> String {
    "\(mismatch.name): \(mismatch.first) in A, \(mismatch.second) in B"
  }

  /// Four significant digits.
  private func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    var scale = 1.0
    while value.magnitude * scale < 1000 { scale *= 10 }
    return "\((value * scale).rounded() / scale)"
  }

  /// A stranger's names must not become markup.
  private func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
