/// A pattern in which `*` stands for any text, dots included.
package struct Glob: Sendable, Hashable {
  /// The pattern as it was written.
  package let source: String
  private let pieces: [Substring]

  /// Makes a pattern.
  package init(_ source: String) {
    self.source = source
    self.pieces = source.split(separator: "*", omittingEmptySubsequences: false)
  }

  /// Whether the pattern stands for just one text.
  package var isLiteral: Bool { pieces.count == 1 }

  /// Whether the pattern fits the whole name.
  package func matches(_ name: String) -> Bool {
    guard let first = pieces.first, let last = pieces.last, pieces.count > 1 else {
      return name == source
    }
    guard name.hasPrefix(first) else { return false }
    var rest = name.utf8.dropFirst(first.utf8.count)
    for piece in pieces.dropFirst().dropLast() {
      guard let end = Self.end(ofFirst: piece.utf8, in: rest) else { return false }
      rest = rest[end...]
    }
    return rest.count >= last.utf8.count && rest.suffix(last.utf8.count).elementsEqual(last.utf8)
  }

  private static func end(
    ofFirst piece: Substring.UTF8View, in text: Substring.UTF8View
  ) -> String.Index? {
    guard !piece.isEmpty else { return text.startIndex }
    var start = text.startIndex
    while start < text.endIndex {
      if text[start...].starts(with: piece) { return text.index(start, offsetBy: piece.count) }
      start = text.index(after: start)
    }
    return nil
  }
}
