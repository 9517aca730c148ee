/// A pattern in which `*` stands for any text, dots included.
package struct Glob: Sendable, Hashable {
  /// The pattern as it was written.
  package let source: String
  private let first: String
  private let middle: [[UInt8]]
  private let last: String

  /// Makes a pattern.
  package init(_ source: String) {
    self.source = source
    let pieces = source.split(separator: "*", omittingEmptySubsequences: false)
    isLiteral = pieces.count == 1
    first = String(pieces.first ?? "")
    last = String(pieces.last ?? "")
    middle = pieces.dropFirst().dropLast().filter { !$0.isEmpty }.map { Array($0.utf8) }
  }

  /// Whether the pattern stands for just one text.
  package let isLiteral: Bool

  /// Whether the pattern fits the whole name.
  package func matches(_ name: String) -> Bool {
    guard !isLiteral else { return name == source }
    // The ends are compared without a copy; they settle most names.
    guard name.hasPrefix(first), name.hasSuffix(last) else { return false }
    var start = first.utf8.count
    let end = name.utf8.count - last.utf8.count
    guard start <= end else { return false }
    guard !middle.isEmpty else { return true }
    let bytes = Array(name.utf8)
    for piece in middle {
      guard let found = Self.first(piece, in: bytes, start..<end) else { return false }
      start = found + piece.count
    }
    return true
  }

  /// Where a piece first lies within a range of the bytes.
  private static func first(_ piece: [UInt8], in bytes: [UInt8], _ range: Range<Int>) -> Int? {
    guard range.count >= piece.count else { return nil }
    for offset in range.lowerBound...range.upperBound - piece.count
    where bytes[offset] == piece[0] {
      if piece.indices.allSatisfy({ bytes[offset + $0] == piece[$0] }) { return offset }
    }
    return nil
  }
}
