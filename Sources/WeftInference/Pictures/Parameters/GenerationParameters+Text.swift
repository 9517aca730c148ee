import WeftTensors

extension GenerationParameters {
  /// What the line of the negative prompt starts with.
  static let negativeSign = "Negative prompt:"

  /// The text as A1111 writes it.
  package var text: String {
    let negative = negativePrompt.isEmpty ? "" : "\n\(Self.negativeSign) \(negativePrompt)"
    let line = fields.map { "\($0.name): \(Self.quoted($0))" }.joined(separator: ", ")
    return Self.trimmed("\(prompt)\(negative)\n\(line)")
  }

  /// A value that says where it ends: JSON when it has a separator in it, or what a reader would take off.
  private static func quoted(_ field: Field) -> String {
    let value = field.value
    guard !field.isBare else { return value }
    let needsQuotes =
      value.contains { ",:\n".contains($0) } || value.hasPrefix("\"") || trimmed(value) != value
    return needsQuotes ? JSONValue.string(value).compactText : value
  }

  /// Reads a text; whatever it is, it is one: a text without a line of fields is a prompt alone.
  package init(parsing text: String) {
    var lines = Self.trimmed(text).split(separator: "\n", omittingEmptySubsequences: false)
    var fields = lines.last.map(FieldLine.fields) ?? []
    if fields.count >= Self.fewestFields { lines.removeLast() } else { fields = [] }
    let (prompt, negativePrompt) = Self.prompts(lines)
    self.init(prompt: prompt, negativePrompt: negativePrompt, fields: fields)
  }

  /// A last line with fewer fields is a line of the prompt, in which colons are common.
  private static let fewestFields = 3

  /// The prompt's lines and those of the negative prompt, which starts with its sign.
  private static func prompts(_ lines: [Substring]) -> (prompt: String, negativePrompt: String) {
    var (prompt, negative) = ("", "")
    var isNegative = false
    for line in lines {
      var line = trimmed(line)
      if line.hasPrefix(negativeSign) {
        isNegative = true
        line = trimmed(line.dropFirst(negativeSign.count))
      }
      if isNegative {
        negative += negative.isEmpty ? line : "\n" + line
      } else {
        prompt += prompt.isEmpty ? line : "\n" + line
      }
    }
    return (prompt, negative)
  }

  /// A text without white space around it.
  static func trimmed(_ text: some StringProtocol) -> String {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }
    let scalars = Array(text.unicodeScalars)
    guard let start = scalars.firstIndex(where: { !isSpace($0) }),
      let end = scalars.lastIndex(where: { !isSpace($0) })
    else { return "" }
    var trimmed = String.UnicodeScalarView()
    trimmed.append(contentsOf: scalars[start...end])
    return String(trimmed)
  }
}
