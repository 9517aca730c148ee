/// The tags of a page.
struct Markup {
  /// The first tag that does not fit; nil when all are closed in order.
  let unbalanced: String?

  private static let empty: Set<String> = ["meta", "br", "img", "!doctype"]

  init(_ text: String) throws {
    var open: [String] = []
    let tags = try Regex("<(/?)([!a-zA-Z][a-zA-Z0-9]*)((?:[^<>\"]|\"[^\"]*\")*)>")
    for match in text.matches(of: tags) {
      let name = String(match.output[2].substring ?? "")
      let isEnd = match.output[1].substring == "/"
      let isWhole = match.output[3].substring?.hasSuffix("/") == true
      if Self.empty.contains(name) || isWhole { continue }
      guard isEnd else {
        open.append(name)
        continue
      }
      guard open.popLast() == name else {
        unbalanced = String(text[match.range])
        return
      }
    }
    unbalanced = open.last
  }
}
