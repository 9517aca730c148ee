import WeftKernels

/// Tensors or modules with their errors, as a table with bars that compare them.
struct ErrorTable {
  /// What one line is about.
  struct Row {
    let name: String
    let numbers: Comparison
    /// What the last column says.
    let note: String
    /// Whether the error is larger than what is accepted.
    var fails = false
  }

  private let rows: [Row]
  private let kind: String
  private let noteTitle: String

  /// The most rows that are shown before the rest is folded away.
  static let shownCount = 20

  /// Makes a table; `kind` is what a row is about, such as `Tensor`.
  init(_ rows: [Row], kind: String, noteTitle: String) {
    (self.rows, self.kind, self.noteTitle) = (rows, kind, noteTitle)
  }

  /// Makes a table of tensors.
  init(_ comparisons: [TensorComparison]) {
    self.init(
      comparisons.map { comparison in
        Row(
          name: comparison.name, numbers: comparison.numbers,
          note: "\(Figures.count(comparison.numbers.different)) of "
            + Figures.count(comparison.elementCount))
      }, kind: "Tensor", noteTitle: "Elements that differ")
  }

  /// All rows.
  var html: String { table(rows) }

  /// The first rows, with the others folded away below.
  var foldedHTML: String {
    let rest = rows.dropFirst(Self.shownCount)
    return table(Array(rows.prefix(Self.shownCount)))
      + (rest.isEmpty
        ? ""
        : "<details><summary>\(Figures.count(rest.count)) more</summary>\(table(Array(rest)))</details>")
  }

  private func table(_ rows: [Row]) -> String {
    let largest = self.rows.map(\.numbers.divergence).filter(\.isFinite).max() ?? 0
    return """
      <div class="wide"><table><tr><th>\(kind)</th><th class="number">Relative L2</th><th></th>
      <th class="number">SNR</th><th class="number">Cosine</th><th class="number">Largest</th>
      <th class="number">\(noteTitle)</th></tr>
      \(rows.map { line($0, largest: largest) }.joined(separator: "\n"))</table></div>
      """
  }

  private func line(_ row: Row, largest: Double) -> String {
    let error = row.numbers.divergence
    let share = error.isFinite ? (largest > 0 ? error / largest : 0) : 1
    // Where values are not finite, the numbers of the others say nothing.
    let numbers =
      error.isFinite
      ? [
        Figures.decibels(row.numbers.decibels), Figures.fixed(row.numbers.cosine, 6),
        Figures.number(row.numbers.maxDifference),
      ] : ["–", "–", "–"]
    let cells = numbers + [HTMLText.escaped(row.note)]
    return "<tr><td class=\"tensor\"><span class=\"name\">\(HTMLText.escaped(row.name))</span></td>"
      + "<td class=\"number\(row.fails ? " fail" : "")\">\(Figures.number(error))</td>"
      + "<td class=\"bar-cell\">\(share > 0 ? bar(share) : "")</td>"
      + cells.map { "<td class=\"number\">\($0)</td>" }.joined() + "</tr>"
  }

  private func bar(_ share: Double) -> String {
    "<div class=\"bar\" style=\"width:\(Int(share * 100))%\"></div>"
  }
}
