import WeftTensors

/// A JSON object of a format file that is read strictly: no key is unknown, no kind is wrong.
struct FormatObject {
  let file: String
  let members: [JSONValue.Member]

  /// Takes an object whose keys are all among the known ones; `source` and `note` always are.
  init(_ value: JSONValue, file: String, keys: [String]) throws(FormatError) {
    guard let members = value.members else {
      throw .malformed(file: file, what: "found a value where an object is expected")
    }
    for member in members
    where !keys.contains(member.key) && member.key != "note" && member.key != "source" {
      throw .unknownKey(file: file, key: member.key, known: keys)
    }
    self.file = file
    self.members = members
  }

  /// The value of a key, or nil.
  subscript(_ key: String) -> JSONValue? { members.first { $0.key == key }?.value }

  /// An error about a key.
  func failure(_ key: String, _ what: String) -> FormatError {
    .malformed(file: file, what: "'\(key)' \(what)")
  }

  /// The text of a key that must be there.
  func text(_ key: String) throws(FormatError) -> String {
    guard let text = self[key]?.text else { throw failure(key, "must be a text") }
    return text
  }

  /// The text of a key, or nil when the key is absent.
  func optionalText(_ key: String) throws(FormatError) -> String? {
    self[key] == nil ? nil : try text(key)
  }

  /// The number of a key that must be there.
  func number(_ key: String) throws(FormatError) -> Double {
    guard let number = self[key]?.double else { throw failure(key, "must be a number") }
    return number
  }

  /// The integer of a key that must be there.
  func integer(_ key: String) throws(FormatError) -> Int {
    guard let integer = self[key]?.integer else { throw failure(key, "must be an integer") }
    return integer
  }

  /// The integer of a key, or nil when the key is absent.
  func optionalInteger(_ key: String) throws(FormatError) -> Int? {
    guard let value = self[key] else { return nil }
    guard let integer = value.integer else { throw failure(key, "must be an integer") }
    return integer
  }

  /// The truth value of a key, or nil when the key is absent.
  func optionalFlag(_ key: String) throws(FormatError) -> Bool? {
    guard let value = self[key] else { return nil }
    guard let flag = value.bool else { throw failure(key, "must be true or false") }
    return flag
  }

  /// The elements of a key; none when the key is absent.
  func elements(_ key: String) throws(FormatError) -> [JSONValue] {
    guard let value = self[key] else { return [] }
    guard let elements = value.elements else { throw failure(key, "must be an array") }
    return elements
  }

  /// The texts of an array; none when the key is absent.
  func texts(_ key: String) throws(FormatError) -> [String] {
    var texts: [String] = []
    for element in try elements(key) {
      guard let text = element.text else { throw failure(key, "must be an array of texts") }
      texts.append(text)
    }
    return texts
  }

  /// The integers of an array; none when the key is absent.
  func integers(_ key: String) throws(FormatError) -> [Int] {
    var integers: [Int] = []
    for element in try elements(key) {
      guard let integer = element.integer else {
        throw failure(key, "must be an array of integers")
      }
      integers.append(integer)
    }
    return integers
  }

  /// The members of an object in a key, in order; none when the key is absent.
  func entries(_ key: String) throws(FormatError) -> [JSONValue.Member] {
    guard let value = self[key] else { return [] }
    guard let members = value.members else { throw failure(key, "must be an object") }
    return members
  }
}

extension FormatObject {
  /// The objects of an array, each with the given keys.
  func objects(_ key: String, keys: [String]) throws(FormatError) -> [FormatObject] {
    var objects: [FormatObject] = []
    for element in try elements(key) {
      objects.append(try FormatObject(element, file: file, keys: keys))
    }
    return objects
  }

  /// The expression of a key, written as a text or an integer, or nil when the key is absent.
  func optionalExpression(_ key: String) throws(FormatError) -> Expression? {
    guard let value = self[key] else { return nil }
    return try Expression(value, file: file)
  }

  /// The expressions of an array, or nil when the key is absent.
  func optionalExpressions(_ key: String) throws(FormatError) -> [Expression]? {
    guard self[key] != nil else { return nil }
    var expressions: [Expression] = []
    for element in try elements(key) {
      expressions.append(try Expression(element, file: file))
    }
    return expressions
  }
}
