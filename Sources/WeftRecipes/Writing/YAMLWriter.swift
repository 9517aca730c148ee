import WeftTensors

/// Writes values as YAML: what is short stands on one line, the rest is indented by two spaces.
struct YAMLWriter {
  /// The widest line that a list or mapping in brackets makes.
  static let maximumWidth = 100

  /// Comments by the path of what they stand beside, such as `models.base`.
  let comments: [String: String]
  private(set) var text = ""

  init(comments: [String: String] = [:]) { self.comments = comments }

  /// Appends the members of a mapping, each on its own line.
  mutating func write(_ members: [JSONValue.Member], indentation: Int = 0, path: String = "") {
    for member in members {
      let head = Self.spaces(indentation) + YAMLScalar.text(member.key) + ":"
      let place = path.isEmpty ? member.key : "\(path).\(member.key)"
      write(member.value, after: head, indentation: indentation, path: place)
    }
  }

  /// Appends a value after its key or dash.
  private mutating func write(
    _ value: JSONValue, after head: String, indentation: Int, path: String
  ) {
    let comment = comments[path].map { "  # \(printable($0))" } ?? ""
    let line = "\(head) \(Self.line(value))"
    switch value {
    case .object(let members) where mustBeOpen(path) || line.utf8.count > Self.maximumWidth:
      text += "\(head)\(comment)\n"
      write(members, indentation: indentation + 2, path: path)
    case .array(let elements) where line.utf8.count > Self.maximumWidth:
      text += "\(head)\(comment)\n"
      for element in elements { write(element: element, indentation: indentation + 2, path: path) }
    default: text += "\(line)\(comment)\n"
    }
  }

  /// Whether a mapping is never written on one line: what is in it may have comments.
  private func mustBeOpen(_ path: String) -> Bool { !path.utf8.contains(UInt8(ascii: ".")) }

  private mutating func write(element: JSONValue, indentation: Int, path: String) {
    let start = Self.spaces(indentation) + "- "
    let line = start + Self.line(element)
    guard case .object(let members) = element, let first = members.first,
      line.utf8.count > Self.maximumWidth
    else {
      text += line + "\n"
      return
    }
    let head = start + YAMLScalar.text(first.key) + ":"
    write(first.value, after: head, indentation: indentation + 2, path: path + ".-")
    write(Array(members.dropFirst()), indentation: indentation + 2, path: path + ".-")
  }

  private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

  /// A value on one line.
  private static func line(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): YAMLScalar.text(text)
    case .array(let elements): "[" + elements.map(line).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { "\(YAMLScalar.text($0.key)): \(line($0.value))" }.joined(separator: ", ")
        + "}"
    case .number(let number): YAMLScalar.text(number)
    default: value.compactText
    }
  }
}
