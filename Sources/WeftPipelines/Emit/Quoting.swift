/// How a language writes a text so that it reads the same text back, whatever its characters.
///
/// All of them keep to one line, so that a quoted text may stand in a comment.
package enum Quoting: String {
  /// A word of bash.
  case bash
  /// A scalar of YAML.
  case yaml
  /// An entry of `command` or `args` of a container: a scalar of YAML in which `$(NAME)` stands for itself.
  ///
  /// Source: https://github.com/kubernetes/kubernetes/blob/v1.33.0/third_party/forked/golang/expansion/expand.go
  case kubernetes
  /// A literal of Python.
  case python

  /// The text in quotes.
  package func quoted(_ text: String) -> String {
    switch self {
    case .bash: Self.word(text)
    case .yaml, .python: Self.literal(text)
    // A dollar before another dollar is the escape; a doubled one is always one.
    case .kubernetes:
      Self.literal(
        text.split(separator: "$", omittingEmptySubsequences: false)
          .joined(separator: "$$"))
    }
  }

  /// A word of bash: as it is when nothing in it means anything to a shell.
  private static func word(_ text: String) -> String {
    if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
    if text.unicodeScalars.contains(where: isInvisible) { return dollarWord(text) }
    return "'" + text.unicodeScalars.map { $0 == "'" ? #"'\''"# : String($0) }.joined() + "'"
  }

  /// A word of bash in which bytes may be written as octal numbers: `$'line\012'`.
  private static func dollarWord(_ text: String) -> String {
    let pieces = text.unicodeScalars.map { scalar in
      if isInvisible(scalar) {
        return String(scalar).utf8.map { "\\" + digits(UInt32($0), radix: 8, count: 3) }.joined()
      }
      return (scalar == "'" || scalar == "\\" ? "\\" : "") + String(scalar)
    }
    return "$'" + pieces.joined() + "'"
  }

  /// A literal in double quotes with the escapes that YAML and Python share.
  private static func literal(_ text: String) -> String {
    let pieces = text.unicodeScalars.map { scalar in
      if isInvisible(scalar) { return "\\u" + digits(scalar.value, radix: 16, count: 4) }
      return (scalar == "\"" || scalar == "\\" ? "\\" : "") + String(scalar)
    }
    return "\"" + pieces.joined() + "\""
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true  // 0-9 A-Z a-z
    default: "_-+./:@,%".utf8.contains(byte)
    }
  }

  /// Controls, all that YAML takes for a line break, and the byte order mark.
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF: true
    default: false
    }
  }

  private static func digits(_ value: UInt32, radix: Int, count: Int) -> String {
    let digits = String(value, radix: radix)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}
