/// Texts and numbers that every reader of YAML 1.1 and 1.2 takes for what they are.
enum YAMLScalar {
  /// What readers take for truth values and nothing.
  private static let words: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "null", "y", "n",
  ]

  /// A text, in quotes unless it can only be read as itself.
  static func text(_ text: String) -> String {
    isPlain(text) ? text : quoted(text)
  }

  /// A number; YAML 1.1 wants a point before an exponent.
  static func text(_ number: Double) -> String {
    let text = NumberText.shortest(number)
    guard let exponent = text.firstIndex(of: "e"), !text[..<exponent].contains(".") else {
      return text
    }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  private static func isPlain(_ text: String) -> Bool {
    let isPath = text.utf8.contains(UInt8(ascii: "/")) && "./".utf8.contains(text.utf8.first ?? 0)
    guard let first = text.utf8.first, isLetter(first) || isPath,
      !words.contains(text.lowercased())
    else { return false }
    return text.utf8.allSatisfy { byte in
      isLetter(byte) || (0x30...0x39).contains(byte) || "._-/+".utf8.contains(byte)
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5C: result += "\\" + String(scalar)
      // Controls, line breaks of Unicode and the byte order mark cannot stand for themselves.
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
