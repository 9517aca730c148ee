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

  /// The page.
  package var html: String {
    HTMLText.page(
      title: "weft diff",
      body: """
        <main><header><h1>\(difference.isEqual ? "The models are equal" : "The models differ")</h1>
        <p class="path">A: <code>\(HTMLText.escaped(first))</code><br>B: <code>\(HTMLText.escaped(second))</code></p>
        </header>\(counts)
        \(list("Only in A", difference.onlyInFirst))
        \(list("Only in B", difference.onlyInSecond))
        \(list("Other shapes", difference.mismatches.map(text)))
        \(list("Other types", difference.retyped.map(text)))
        \(list("Other metadata", difference.metadataKeys))
        \(changes)</main>
        """)
  }

  private var counts: String {
    "<p>\(difference.changed.count) tensors changed, \(difference.equalCount) are equal, "
      + "\(difference.onlyInFirst.count) are only in A, "
      + "\(difference.onlyInSecond.count) only in B.</p>"
  }

  private var changes: String {
    difference.changed.isEmpty
      ? ""
      : "<section><h2>Changed tensors</h2>\(ErrorTable(difference.changed).foldedHTML)</section>"
  }

  private func list(_ title: String, _ items: [String]) -> String {
    guard !items.isEmpty else { return "" }
    let rows = items.map { "<tr><td><span class=\"name\">\(HTMLText.escaped($0))</span></td></tr>" }
    return "<section><h2>\(title)</h2><table>\(rows.joined(separator: "\n"))</table></section>"
  }

  private func text(_ mismatch: ModelDifference.Mismatch) -> String {
    "\(mismatch.name): \(mismatch.first) in A, \(mismatch.second) in B"
  }
}
