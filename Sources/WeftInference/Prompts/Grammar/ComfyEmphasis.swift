/// Emphasis as ComfyUI reads it.
///
/// `(a)` counts 1.1 times as much as what is around it, and `(a:1.3)` as said, whatever is around it; a backslash makes a
/// bracket plain.
/// Source: https://github.com/comfyanonymous/ComfyUI/blob/v0.3.40/comfy/sd1_clip.py
package enum ComfyEmphasis {
  /// A character, and whether it is a bracket that counts.
  private struct Symbol {
    let scalar: Unicode.Scalar
    let isBracket: Bool

    var opens: Bool { isBracket && scalar == "(" }
    var closes: Bool { isBracket && scalar == ")" }
  }

  private typealias Symbols = ArraySlice<Symbol>
  private static let step = 1.1

  /// The pieces of a prompt in their order.
  ///
  /// - Throws: for brackets that are open too deep: weights would become infinite.
  package static func pieces(of prompt: String) throws(PromptError) -> [PromptPiece] {
    var pieces: [PromptPiece] = []
    try read(symbols(of: prompt)[...], weight: 1, depth: 0, into: &pieces)
    return pieces
  }

  private static func symbols(of prompt: String) -> [Symbol] {
    var symbols: [Symbol] = []
    var isEscaped = false
    for scalar in prompt.unicodeScalars {
      let isBracket = scalar == "(" || scalar == ")"
      if isBracket, isEscaped { symbols.removeLast() }
      symbols.append(Symbol(scalar: scalar, isBracket: isBracket && !isEscaped))
      isEscaped = scalar == "\\"
    }
    return symbols
  }

  private static func read(
    _ symbols: Symbols, weight: Double, depth: Int, into pieces: inout [PromptPiece]
  ) throws(PromptError) {
    guard depth <= PromptPiece.maximumDepth else { throw .nesting(PromptPiece.maximumDepth) }
    for part in parts(of: symbols) {
      guard part.count > 1, let first = part.first, let last = part.last, first.opens, last.closes
      else {
        pieces.append(.text(String(scalars: part.map(\.scalar)), weight: weight))
        continue
      }
      let inside = part.dropFirst().dropLast()
      let (text, stated) = stated(in: inside)
      try read(text, weight: stated ?? weight * step, depth: depth + 1, into: &pieces)
    }
  }

  /// A text cut before and after its outermost brackets.
  private static func parts(of symbols: Symbols) -> [Symbols] {
    var parts: [Symbols] = []
    var (start, depth) = (symbols.startIndex, 0)
    for (index, symbol) in zip(symbols.indices, symbols) {
      if symbol.opens {
        if depth == 0, start < index {
          parts.append(symbols[start..<index])
          start = index
        }
        depth += 1
      } else if symbol.closes {
        depth -= 1
        guard depth == 0 else { continue }
        parts.append(symbols[start...index])
        start = index + 1
      }
    }
    return start < symbols.endIndex ? parts + [symbols[start...]] : parts
  }

  /// The text before the last colon and the number after it; the whole when there is none.
  private static func stated(in text: Symbols) -> (Symbols, weight: Double?) {
    guard let colon = text.lastIndex(where: { $0.scalar == ":" }), colon > text.startIndex else {
      return (text, nil)
    }
    let number = text[(colon + 1)...].map(\.scalar)
      .drop { CharacterClass($0) == .space }
      .reversed().drop { CharacterClass($0) == .space }.reversed()
    guard let weight = Double(weight: number), weight.isFinite else { return (text, nil) }
    return (text[..<colon], weight)
  }
}
