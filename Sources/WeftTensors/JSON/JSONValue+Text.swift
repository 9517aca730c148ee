extension JSONValue {
  /// The value as text without white space, in the order of its members.
  package var compactText: String {
    var text = ""
    append(to: &text, Style())
    return text
  }

  /// The value as indented text, in the order of its members.
  package var prettyText: String {
    var text = ""
    append(to: &text, Style(indentation: 0))
    return text
  }

  /// The value as indented text in which whole numbers of the kind `number` keep their `.0`, as Python writes them.
  package var pythonText: String {
    var text = ""
    append(to: &text, Style(indentation: 0, keepsPoint: true))
    return text
  }

  /// The value with the members of every object sorted by key, so that equal values have equal texts.
  package var canonical: JSONValue {
    switch self {
    case .array(let elements): .array(elements.map(\.canonical))
    case .object(let members):
      .object(
        members.map { Member($0.key, $0.value.canonical) }
          .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    default: self
    }
  }

  /// Makes an object of members in order, leaving out those without a value.
  package static func object(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    .object(members.compactMap { key, value in value.map { Member(key, $0) } })
  }

  /// Makes an array of strings.
  package static func strings(_ texts: some Sequence<String>) -> JSONValue {
    .array(texts.map(JSONValue.string))
  }

  /// How a value is written.
  private struct Style {
    /// The spaces before a line, or nil for a text without lines.
    var indentation: Int?
    /// Whether a whole number of the kind `number` ends in `.0`.
    var keepsPoint = false

    var inner: Style { Style(indentation: indentation.map { $0 + 2 }, keepsPoint: keepsPoint) }
  }

  private func append(to text: inout String, _ style: Style) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    // JSON has no infinities; a reader gets null rather than a text that does not parse.
    case .number(let value) where !value.isFinite: text += "null"
    case .number(let value): text += style.keepsPoint ? value.description : Self.shortest(value)
    case .string(let value): value.appendJSONString(to: &text)
    case .array(let elements):
      Self.append(elements, "[", "]", to: &text, style) { element, text, inner in
        element.append(to: &text, inner)
      }
    case .object(let members):
      Self.append(members, "{", "}", to: &text, style) { member, text, inner in
        member.key.appendJSONString(to: &text)
        text += inner.indentation == nil ? ":" : ": "
        member.value.append(to: &text, inner)
      }
    }
  }

  private static func append<Item>(
    _ items: [Item], _ open: String, _ close: String, to text: inout String, _ style: Style,
    _ write: (Item, inout String, Style) -> Void
  ) {
    let inner = style.inner
    text += open
    for (index, item) in items.enumerated() {
      if index > 0 { text += "," }
      if let spaces = inner.indentation { text += "\n" + String(repeating: " ", count: spaces) }
      write(item, &text, inner)
    }
    if let spaces = style.indentation, !items.isEmpty {
      text += "\n" + String(repeating: " ", count: spaces)
    }
    text += close
  }

  /// The shortest text that reads back as the same double; whole numbers lose their `.0`.
  private static func shortest(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension String {
  /// Appends the string as JSON, escaping only what must be, as the reference safetensors writer does.
  package func appendJSONString(to text: inout String) {
    text += "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\u{08}": text += "\\b"
      case "\u{0C}": text += "\\f"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{00}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
