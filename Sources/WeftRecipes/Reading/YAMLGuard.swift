/// What is checked in a YAML text before it is parsed, so that parsing takes time and stack in proportion to the text.
///
/// The parser follows nesting by recursion and compares the keys of mappings with everything that aliases in them stand
/// for; a recipe needs neither deep nesting nor aliases.
struct YAMLGuard {
  /// The deepest nesting of brackets.
  static let maximumBracketDepth = 16
  /// The rightmost column at which a line's content may start, which bounds the nesting of indented values.
  static let maximumIndentation = 200
  /// The most lines and commas, which bounds the number of values.
  static let maximumPieceCount = 20_000

  private let bytes: [UInt8]
  private var line = 1
  private var lineStart = 0
  private var bracketDepth = 0
  private var pieceCount = 0
  private var anchor: SourcePosition?
  private var alias: SourcePosition?

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Checks a text; throws what is wrong and where.
  static func check(_ bytes: [UInt8], origin: RecipeOrigin) throws(RecipeProblem) {
    var guardian = YAMLGuard(bytes)
    try guardian.check(origin)
  }

  private mutating func check(_ origin: RecipeOrigin) throws(RecipeProblem) {
    var isIndentation = true
    for (offset, byte) in bytes.enumerated() {
      if byte == 0x0A || byte == UInt8(ascii: ",") { pieceCount += 1 }
      switch byte {
      case 0x0A, 0x0D:
        (line, lineStart, isIndentation) = (byte == 0x0A ? line + 1 : line, offset + 1, true)
        continue
      case UInt8(ascii: "["), UInt8(ascii: "{"): bracketDepth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): bracketDepth = max(0, bracketDepth - 1)
      default: break
      }
      if isIndentation { isIndentation = " \t-?:".utf8.contains(byte) }
      try checkLimits(offset, isIndentation, origin)
      note(byte, at: offset)
    }
    guard let anchor, alias != nil else { return }
    throw YAMLText.anchorProblem(origin, at: anchor)
  }

  private func checkLimits(
    _ offset: Int, _ isIndentation: Bool, _ origin: RecipeOrigin
  ) throws(RecipeProblem) {
    guard pieceCount <= Self.maximumPieceCount else {
      throw origin.malformed(
        "there are more than \(Self.maximumPieceCount) lines and commas", at: position(offset),
        advice: origin.kind.advice)
    }
    let isTooFar = isIndentation && offset - lineStart >= Self.maximumIndentation
    guard bracketDepth > Self.maximumBracketDepth || isTooFar else { return }
    throw origin.malformed(
      "the text is nested too deeply", at: position(offset),
      advice:
        "\(origin.kind.noun)s need a few levels only; \(origin.kind.schema) describes them")
  }

  /// Remembers what may be an anchor or an alias: `&` or `*` where a value can start, before a name.
  ///
  /// Text in quotes may be taken for one as well, which matters only when a file has both.
  private mutating func note(_ byte: UInt8, at offset: Int) {
    guard byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"), startsValue(offset),
      offset + 1 < bytes.count, !" \t\r\n".utf8.contains(bytes[offset + 1])
    else { return }
    if byte == UInt8(ascii: "&") {
      anchor = anchor ?? position(offset)
    } else {
      alias = alias ?? position(offset)
    }
  }

  private func startsValue(_ offset: Int) -> Bool {
    offset == 0 || " \t\r\n[{,:-?".utf8.contains(bytes[offset - 1])
      || bytes[offset - 1] >= 0x80  // a space of Unicode, a byte order mark
  }

  private func position(_ offset: Int) -> SourcePosition {
    let scalarCount = bytes[lineStart..<offset].count { $0 & 0xC0 != 0x80 }
    return SourcePosition(line: line, column: scalarCount + 1)
  }
}
