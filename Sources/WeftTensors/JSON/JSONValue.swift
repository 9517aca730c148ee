/// A JSON value in memory; objects keep the order of their members.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number that was written as an integer and fits an `Int`.
  case integer(Int)
  /// Any other number.
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// The members in order; no key occurs twice in a parsed value.
  case object([Member])

  /// A key and its value.
  package struct Member: Sendable, Equatable {
    /// The key.
    package let key: String
    /// The value.
    package let value: JSONValue

    /// Makes a member of an object.
    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }
}

extension JSONValue {
  /// The value of a key of an object; nil for an absent key and for other kinds.
  package subscript(_ key: String) -> JSONValue? {
    members?.first { $0.key == key }?.value
  }

  /// The members of an object; nil for other kinds.
  package var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The elements of an array; nil for other kinds.
  package var elements: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The text of a string; nil for other kinds.
  package var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The value of an integer; nil for other kinds.
  package var integer: Int? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The value of a number of either kind; nil for other kinds.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The value of a truth value; nil for other kinds.
  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }
}

extension JSONValue {
  /// Reads a whole text, refusing duplicate keys.
  package init(parsing bytes: [UInt8]) throws(JSONError) {
    var scanner = JSONScanner(bytes)
    self = try scanner.value(depth: 0)
    try scanner.expectEnd()
  }
}

extension JSONScanner {
  /// Takes a value of any kind.
  ///
  /// The recursion is bounded by `maximumDepth`, whatever the input.
  package mutating func value(depth: Int = 0) throws(JSONError) -> JSONValue {
    guard depth <= Self.maximumDepth else {
      throw failure("values are nested deeper than \(Self.maximumDepth)")
    }
    switch peek() {
    case 0x7B: return try objectValue(depth: depth)
    case 0x5B: return try arrayValue(depth: depth)
    case 0x22: return .string(try string())
    case 0x74:
      try literal("true")
      return .bool(true)
    case 0x66:
      try literal("false")
      return .bool(false)
    case 0x6E:
      try literal("null")
      return .null
    default: return try numberValue()
    }
  }

  private static let fewKeys = 12

  private mutating func objectValue(depth: Int) throws(JSONError) -> JSONValue {
    try expect(0x7B)
    var members: [JSONValue.Member] = []
    var keys: Set<String> = []
    var isFirst = true
    while let key = try nextKey(isFirst: &isFirst) {
      // Few keys are compared sooner than hashed.
      if members.count == Self.fewKeys { keys = Set(members.map(\.key)) }
      let isKnown =
        members.count < Self.fewKeys
        ? members.contains { $0.key == key } : !keys.insert(key).inserted
      guard !isKnown else { throw failure("the key \"\(key)\" occurs twice") }
      members.append(JSONValue.Member(key, try value(depth: depth + 1)))
    }
    return .object(members)
  }

  private mutating func arrayValue(depth: Int) throws(JSONError) -> JSONValue {
    try expect(0x5B)
    var elements: [JSONValue] = []
    var isFirst = true
    while try nextElement(isFirst: &isFirst) {
      elements.append(try value(depth: depth + 1))
    }
    return .array(elements)
  }

  private mutating func numberValue() throws(JSONError) -> JSONValue {
    let text = try numberText()
    if let integer = Int(text), text != "-0" { return .integer(integer) }
    guard let number = Double(text), number.isFinite else {
      throw failure("the number \(text) does not fit a double")
    }
    return .number(number)
  }
}
