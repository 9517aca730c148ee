/// A table of renamed parts of a name: `norm1` is `in_layers.0`.
typealias PartTable = [String: String]

/// A whole dotted name with captures.
///
/// `{b}` captures an integer, `{part:table}` a part that the table renames, `{*rest}` whatever is left (at least
/// one part).
struct NamePattern: Sendable {
  private enum Part: Sendable {
    case literal(String)
    case integer(String)
    case table(String, PartTable)
    case rest(String)
  }

  /// What the captures of a pattern stand for.
  struct Captures {
    /// The captured integers.
    var integers: [(name: String, value: Int)] = []
    /// The captured texts, renamed by their tables.
    var texts: [(name: String, text: String)] = []
  }

  /// The most parts that a key of a table may have.
  private static let longestKey = 3

  /// The text as the file has it.
  let source: String
  private let parts: [Part]

  /// Reads a pattern whose tables are given by name.
  init(_ source: String, tables: [String: PartTable] = [:], file: String) throws(FormatError) {
    var parts: [Part] = []
    for piece in source.split(separator: ".") {
      guard piece.hasPrefix("{"), piece.hasSuffix("}") else {
        parts.append(.literal(String(piece)))
        continue
      }
      let inner = piece.dropFirst().dropLast()
      if inner.hasPrefix("*") {
        parts.append(.rest(String(inner.dropFirst())))
      } else if let colon = inner.firstIndex(of: ":") {
        let name = String(inner[inner.index(after: colon)...])
        guard let table = tables[name] else {
          throw .malformed(file: file, what: "there is no table '\(name)' for '\(source)'")
        }
        parts.append(.table(String(inner[..<colon]), table))
      } else {
        parts.append(.integer(String(inner)))
      }
    }
    self.source = source
    self.parts = parts
  }

  /// The captures of a name that the pattern fits, or nil.
  func match(_ name: [Substring]) -> Captures? {
    var captures = Captures()
    return match(name[...], from: 0, into: &captures) ? captures : nil
  }

  private func match(
    _ name: ArraySlice<Substring>, from index: Int, into captures: inout Captures
  ) -> Bool {
    guard index < parts.count else { return name.isEmpty }
    guard let first = name.first else { return false }
    switch parts[index] {
    case .literal(let text):
      guard first == text else { return false }
    case .integer(let capture):
      guard let value = Int(first), String(value) == first else { return false }
      captures.integers.append((capture, value))
    case .rest(let capture):
      captures.texts.append((capture, name.joined(separator: ".")))
      return true
    case .table(let capture, let table):
      return match(name, from: index, capture, table, into: &captures)
    }
    return match(name.dropFirst(), from: index + 1, into: &captures)
  }

  private func match(
    _ name: ArraySlice<Substring>, from index: Int, _ capture: String, _ table: PartTable,
    into captures: inout Captures
  ) -> Bool {
    for length in 1...Self.longestKey where length <= name.count {
      let key = name.prefix(length).joined(separator: ".")
      guard let renamed = table[key] else { continue }
      var attempt = captures
      attempt.texts.append((capture, renamed))
      if match(name.dropFirst(length), from: index + 1, into: &attempt) {
        captures = attempt
        return true
      }
    }
    return false
  }
}

extension String {
  /// The parts of a dotted name, split by bytes, which is much faster than by characters.
  var nameParts: [Substring] {
    utf8.split(separator: UInt8(ascii: ".")).map { Substring($0) }
  }
}
