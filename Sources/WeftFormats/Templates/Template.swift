/// A text with expressions in braces, such as `input_blocks.{3*b + r + 1}.0.{part}`.
struct Template: Sendable {
  private enum Part: Sendable {
    case text(String)
    case expression(Expression)
  }

  /// The text as the file has it.
  let source: String
  private let parts: [Part]

  /// Reads a template.
  init(_ source: String, file: String) throws(FormatError) {
    var parts: [Part] = []
    for (index, piece) in source.split(separator: "{", omittingEmptySubsequences: false)
      .enumerated()
    {
      guard index > 0 else {
        parts.append(.text(String(piece)))
        continue
      }
      guard let end = piece.firstIndex(of: "}") else {
        throw .malformed(file: file, what: "'\(source)' has a brace that does not close")
      }
      parts.append(.expression(try Expression(parsing: String(piece[..<end]), file: file)))
      parts.append(.text(String(piece[piece.index(after: end)...])))
    }
    self.source = source
    self.parts = parts
  }

  /// The text with the values in place of the expressions; a captured text stands for itself.
  func render(
    in scope: borrowing Scope, texts: [(name: String, text: String)] = []
  ) throws(FormatError) -> String {
    var result = ""
    for part in parts {
      switch part {
      case .text(let text): result += text
      case .expression(let expression):
        if case .variable(let name) = expression,
          let captured = texts.first(where: { $0.name == name })
        {
          result += captured.text
        } else {
          result += String(try expression.evaluate(in: scope))
        }
      }
    }
    return result
  }
}
