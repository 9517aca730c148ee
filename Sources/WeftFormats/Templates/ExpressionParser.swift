extension Expression {
  /// Reads the text of an expression.
  init(parsing text: String, file: String) throws(FormatError) {
    var parser = ExpressionParser(text, file: file)
    self = try parser.expression(strength: 1, depth: 0)
    try parser.expectEnd()
  }
}

/// A parser by precedence climbing over the tokens of an expression.
private struct ExpressionParser {
  /// The deepest nesting of brackets.
  static let maximumDepth = 16

  let text: String
  let file: String
  var tokens: [String]
  var position = 0

  init(_ text: String, file: String) {
    self.text = text
    self.file = file
    self.tokens = Self.tokens(of: text)
  }

  /// Takes operators that bind at least as strongly as given.
  mutating func expression(strength: Int, depth: Int) throws(FormatError) -> Expression {
    guard depth <= Self.maximumDepth else { throw failure("is nested too deeply") }
    var left = try term(depth: depth)
    while let symbol = peek().flatMap(Expression.Operator.init(rawValue:)),
      let precedence = symbol.precedence, precedence >= strength
    {
      position += 1
      left = .operation(symbol, left, try expression(strength: precedence + 1, depth: depth))
    }
    return left
  }

  mutating func expectEnd() throws(FormatError) {
    guard peek() == nil else { throw failure("goes on where its end is expected") }
  }

  private mutating func term(depth: Int) throws(FormatError) -> Expression {
    guard let token = peek() else { throw failure("ends where a value is expected") }
    position += 1
    if let integer = Int(token) { return .integer(integer) }
    if token == "(" {
      let inner = try expression(strength: 1, depth: depth + 1)
      try expect(")")
      return inner
    }
    guard token.first?.isLetter == true else { throw failure("has a stray '\(token)'") }
    switch peek() {
    case "[":
      position += 1
      let index = try expression(strength: 1, depth: depth + 1)
      try expect("]")
      return .element(token, index)
    case "(": return try call(token, depth: depth)
    default: return .variable(token)
    }
  }

  private mutating func call(_ name: String, depth: Int) throws(FormatError) -> Expression {
    try expect("(")
    let first = try expression(strength: 1, depth: depth + 1)
    if name == "count", case .variable(let list) = first {
      try expect(")")
      return .count(list)
    }
    guard let symbol = Expression.Operator(rawValue: name), symbol.precedence == nil else {
      throw failure("calls the unknown function '\(name)'")
    }
    try expect(",")
    let second = try expression(strength: 1, depth: depth + 1)
    try expect(")")
    return .operation(symbol, first, second)
  }

  private func peek() -> String? { position < tokens.count ? tokens[position] : nil }

  private mutating func expect(_ token: String) throws(FormatError) {
    guard peek() == token else { throw failure("lacks a '\(token)'") }
    position += 1
  }

  private func failure(_ what: String) -> FormatError {
    .malformed(file: file, what: "the expression '\(text)' \(what)")
  }

  private static func tokens(of text: String) -> [String] {
    var tokens: [String] = []
    var word = ""
    func isWord(_ character: Character) -> Bool {
      character.isLetter || character.isNumber || character == "_"
    }
    for character in text {
      if isWord(character) {
        word.append(character)
        continue
      }
      if !word.isEmpty { tokens.append(word) }
      word = ""
      if character == "=", let last = tokens.last, last == "=" || last == "!" {
        tokens[tokens.count - 1] = last + "="
      } else if character != " " {
        tokens.append(String(character))
      }
    }
    return word.isEmpty ? tokens : tokens + [word]
  }
}
