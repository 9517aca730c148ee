import WeftFormats

/// A text with variables, taken apart.
struct VariableText {
  /// A part of the text.
  enum Piece: Equatable {
    /// Characters that stand for themselves.
    case literal(Substring)
    /// `$$`, which stands for a dollar.
    case dollar
    /// `${NAME}`.
    case variable(String)
  }

  let pieces: [Piece]

  /// Takes a text apart; throws for a dollar that starts neither.
  init(_ text: String, at position: SourcePosition?, _ origin: RecipeOrigin) throws(RecipeProblem) {
    var pieces: [Piece] = []
    var rest = text[...]
    while let dollar = rest.utf8.firstIndex(of: UInt8(ascii: "$")) {
      if dollar > rest.startIndex { pieces.append(.literal(rest[..<dollar])) }
      rest = rest[rest.utf8.index(after: dollar)...]
      guard let piece = Self.piece(&rest) else {
        throw origin.malformed(
          "a dollar in '\(text)' starts no variable", at: position,
          advice: "write ${NAME} for a variable of 'variables', and $$ for a dollar")
      }
      pieces.append(piece)
    }
    if !rest.isEmpty { pieces.append(.literal(rest)) }
    self.pieces = pieces
  }

  /// What a dollar starts, which is taken off the rest.
  private static func piece(_ rest: inout Substring) -> Piece? {
    let bytes = rest.utf8
    if bytes.first == UInt8(ascii: "$") {
      rest = Substring(bytes.dropFirst())
      return .dollar
    }
    guard bytes.first == UInt8(ascii: "{"), let end = bytes.firstIndex(of: UInt8(ascii: "}")) else {
      return nil
    }
    let name = String(Substring(bytes[..<end].dropFirst()))
    rest = Substring(bytes[end...].dropFirst())
    return .variable(name)
  }
}
