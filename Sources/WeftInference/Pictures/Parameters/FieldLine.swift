import WeftTensors

/// A line of fields while it is read from its start to its end.
///
/// A name is two or more letters, digits, spaces, hyphens or slashes, the first one a letter or digit; a value is JSON
/// or goes up to the next comma; what is neither is passed over.
struct FieldLine {
  typealias Field = GenerationParameters.Field

  private let scalars: [Unicode.Scalar]
  private var offset = 0
  /// How often JSON is still looked for: each time may go through the rest of the line.
  private var attemptsLeft = 16

  /// The fields of a line.
  static func fields(_ text: some StringProtocol) -> [Field] {
    var line = FieldLine(scalars: Array(text.unicodeScalars))
    var fields: [Field] = []
    while let field = line.next() { fields.append(field) }
    return fields
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private mutating func next() -> Field? {
    while offset < scalars.count {
      guard let name = takeName() else {
        offset += 1
        continue
      }
      skipSpaces()
      if let value = takeQuoted() { return Field(name, value) }
      if let value = takeJSON() {
        var field = Field(name, value)
        field.isBare = true
        return field
      }
      return Field(name, takePlain())
    }
    return nil
  }

  /// Takes a name and its colon, or nothing.
  private mutating func takeName() -> String? {
    guard Self.isWord(scalars[offset]) else { return nil }
    let end = scalars[offset...].firstIndex {
      !Self.isWord($0) && !" -/".unicodeScalars.contains($0)
    }
    guard let end, end - offset >= 2, scalars[end] == ":" else {
      // No other start before the end can be one, but for the letters that no name begins with.
      offset = max(offset, (end ?? scalars.count) - 1)
      return nil
    }
    defer { offset = end + 1 }
    return Self.string(scalars[offset..<end])
  }

  /// Takes a value in quotes that a separator follows, or nothing.
  private mutating func takeQuoted() -> String? {
    guard offset < scalars.count, scalars[offset] == "\"" else { return nil }
    var end = offset + 1
    while end < scalars.count, scalars[end] != "\"" { end += scalars[end] == "\\" ? 2 : 1 }
    guard end < scalars.count, end > offset + 1, isSeparator(end + 1) else { return nil }
    let quoted = Self.string(scalars[offset...end])
    offset = end + 2
    // What is not JSON is taken with its quotes.
    return (try? JSONValue(parsing: Array(quoted.utf8)))?.text ?? quoted
  }

  /// Takes an array or object of JSON that a separator follows, or nothing.
  private mutating func takeJSON() -> String? {
    guard attemptsLeft > 0, offset < scalars.count,
      "[{".unicodeScalars.contains(scalars[offset])
    else { return nil }
    attemptsLeft -= 1
    let rest = Array(Self.string(scalars[offset...]).utf8)
    var scanner = JSONScanner(rest)
    guard (try? scanner.value()) != nil else { return nil }
    let text = String(decoding: rest[..<scanner.offset], as: UTF8.self)
    let end = offset + text.unicodeScalars.count
    guard isSeparator(end) else { return nil }
    offset = end + 1
    return text
  }

  /// Takes everything up to the next comma.
  private mutating func takePlain() -> String {
    let end = scalars[offset...].firstIndex(of: ",") ?? scalars.count
    defer { offset = end + 1 }
    return Self.string(scalars[min(offset, end)..<end])
  }

  private mutating func skipSpaces() {
    while offset < scalars.count, scalars[offset].properties.isWhitespace { offset += 1 }
  }

  private func isSeparator(_ index: Int) -> Bool { index >= scalars.count || scalars[index] == "," }

  /// Letters and digits of any script, and the underscore, as Python's `\w` has them.
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      true
    default: scalar == "_"
    }
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
