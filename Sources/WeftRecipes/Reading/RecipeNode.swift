import WeftTensors

/// A value of a recipe's text, or of the JSON in a model's metadata, with its place.
struct RecipeNode: Sendable {
  /// The kinds of values.
  enum Kind: Sendable {
    /// A text; plain ones may stand for numbers and truth values, quoted ones are texts.
    case scalar(String, isPlain: Bool)
    case list([RecipeNode])
    case map([Entry])
  }

  /// A key and its value.
  struct Entry: Sendable {
    let key: String
    /// Where the key is.
    let position: SourcePosition?
    let value: RecipeNode
  }

  let kind: Kind
  let position: SourcePosition?
}

extension RecipeNode.Entry {
  /// Keys of the recipes of models, which are read by themselves: they may be nested deeply.
  private static let histories: Set<String> = ["recipe", "base_recipe"]

  /// A member of metadata as an entry without a place.
  init(_ member: JSONValue.Member) {
    let isHistory = Self.histories.contains(member.key)
    self.init(
      key: member.key, position: nil, value: RecipeNode(isHistory ? .null : member.value))
  }
}

extension RecipeNode {
  /// The value of metadata as a node without a place.
  init(_ json: JSONValue) {
    position = nil
    kind =
      switch json {
      case .null: .scalar("null", isPlain: true)
      case .bool(let value): .scalar(value ? "true" : "false", isPlain: true)
      case .integer(let value): .scalar(String(value), isPlain: true)
      case .number(let value): .scalar(value.description, isPlain: true)
      case .string(let text): .scalar(text, isPlain: false)
      case .array(let elements): .list(elements.map(RecipeNode.init))
      case .object(let members): .map(members.map(Entry.init))
      }
  }

  /// What the value is, in words for an error.
  var words: String {
    switch kind {
    case .list: "a list"
    case .map: "a mapping"
    case .scalar(let text, let isPlain):
      !isPlain || !text.isEmpty ? (isPlain ? "'\(text)'" : "the text \"\(text)\"") : "empty"
    }
  }

  /// The value of a key of a mapping, or nil.
  subscript(_ key: String) -> RecipeNode? {
    guard case .map(let entries) = kind else { return nil }
    return entries.first { $0.key == key }?.value
  }

  /// The text of a scalar; nil for other kinds, and for plain ones that stand for something else: nothing, a number or a
  /// truth value.
  var text: String? {
    guard case .scalar(let text, let isPlain) = kind else { return nil }
    guard isPlain else { return text }
    return isNothing || number != nil || flag != nil ? nil : text
  }

  /// Whether a plain scalar stands for nothing.
  var isNothing: Bool {
    guard case .scalar(let text, isPlain: true) = kind else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// The number that a plain scalar stands for; nil for other values, infinities and what is no number included.
  var number: Double? {
    guard let text = plainNumberText, let number = Double(text), number.isFinite else { return nil }
    return number
  }

  /// The whole number that a plain scalar stands for, or nil.
  var integer: Int? { plainNumberText.flatMap { Int($0) } }

  /// The truth value that a plain scalar stands for, or nil.
  var flag: Bool? {
    guard case .scalar(let text, isPlain: true) = kind else { return nil }
    return ["true": true, "True": true, "false": false, "False": false][text]
  }

  /// The text of a decimal number as YAML 1.2 writes it, which is less than what Swift reads.
  private var plainNumberText: String? {
    guard case .scalar(let text, isPlain: true) = kind, !text.isEmpty,
      text.utf8.allSatisfy({ Self.numberBytes.contains($0) }),
      text.utf8.contains(where: { (0x30...0x39).contains($0) })
    else { return nil }
    return text
  }

  private static let numberBytes = Set("0123456789+-.eE".utf8)
}
