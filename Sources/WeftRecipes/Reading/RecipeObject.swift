import WeftFormats

/// A mapping of a recipe that is read strictly: no key is unknown, no value is of a wrong type.
struct RecipeObject {
  let origin: RecipeOrigin
  let position: SourcePosition?
  /// What the mapping describes, such as `the step 'mixed'`.
  let subject: String
  let entries: [RecipeNode.Entry]

  /// Takes a mapping whose keys are all among the known ones.
  init(
    _ node: RecipeNode, _ subject: String, keys: [String], origin: RecipeOrigin
  ) throws(RecipeProblem) {
    try self.init(node, subject, origin: origin)
    for entry in entries where !keys.contains(entry.key) {
      throw unknownKey(entry, known: keys)
    }
  }

  /// Takes a mapping with any keys.
  init(_ node: RecipeNode, _ subject: String, origin: RecipeOrigin) throws(RecipeProblem) {
    guard case .map(let entries) = node.kind else {
      throw origin.malformed(
        "\(subject) is \(node.words)", at: node.position,
        advice: "write 'key: value' pairs; \(origin.kind.schema) describes them")
    }
    self.origin = origin
    self.position = node.position
    self.subject = subject
    self.entries = entries
  }

  /// The value of a key, or nil.
  subscript(_ key: String) -> RecipeNode? { entries.first { $0.key == key }?.value }

  /// An error about a key that means nothing here.
  func unknownKey(_ entry: RecipeNode.Entry, known: [String]) -> RecipeProblem {
    origin.malformed(
      "unknown key '\(entry.key)' in \(subject)", at: entry.position,
      advice: NearestName.advice(entry.key, among: known))
  }

  /// An error about a value of a wrong type.
  func wrongType(_ key: String, _ node: RecipeNode, wanted: String) -> RecipeProblem {
    origin.wrongValue("'\(key)' of \(subject)", node, wanted: wanted)
  }

  /// An error about a key that must be there.
  func missing(_ key: String, advice: String) -> RecipeProblem {
    origin.malformed("\(subject) has no '\(key)'", at: position, advice: advice)
  }
}

extension RecipeObject {
  /// The text of a key, or nil when the key is absent.
  func text(_ key: String) throws(RecipeProblem) -> String? {
    guard let node = self[key] else { return nil }
    guard let text = node.text, !text.isEmpty else {
      throw wrongType(key, node, wanted: "a text")
    }
    return text
  }

  /// One of several words, or nil when the key is absent.
  func word(_ key: String, of words: [String]) throws(RecipeProblem) -> String? {
    guard let node = self[key] else { return nil }
    guard let text = node.text, words.contains(text) else {
      throw wrongType(key, node, wanted: "one of " + words.joined(separator: ", "))
    }
    return text
  }

  /// The number of a key, or nil when the key is absent.
  func number(_ key: String) throws(RecipeProblem) -> Double? {
    guard let node = self[key] else { return nil }
    guard let number = node.number else { throw wrongType(key, node, wanted: "a finite number") }
    return number
  }

  /// The truth value of a key, or nil when the key is absent.
  func flag(_ key: String) throws(RecipeProblem) -> Bool? {
    guard let node = self[key] else { return nil }
    guard let flag = node.flag else { throw wrongType(key, node, wanted: "true or false") }
    return flag
  }

  /// The elements of a list, or nil when the key is absent.
  func list(_ key: String) throws(RecipeProblem) -> [RecipeNode]? {
    guard let node = self[key] else { return nil }
    guard case .list(let elements) = node.kind else {
      throw wrongType(key, node, wanted: "a list")
    }
    return elements
  }

  /// The texts of a list; none when the key is absent.
  func texts(_ key: String) throws(RecipeProblem) -> [String] {
    var texts: [String] = []
    for node in try list(key) ?? [] {
      guard let text = node.text, !text.isEmpty else {
        throw origin.wrongValue("an element of '\(key)'", node, wanted: "a text")
      }
      texts.append(text)
    }
    return texts
  }

  /// The name or path of a key, or nil when the key is absent.
  func reference(_ key: String) throws(RecipeProblem) -> RecipeReference? {
    guard let node = self[key] else { return nil }
    return try origin.reference(node, "'\(key)' of \(subject)")
  }
}

extension RecipeOrigin {
  /// An error about a value of a wrong type or out of its range.
  func wrongValue(_ subject: String, _ node: RecipeNode, wanted: String) -> RecipeProblem {
    var advice = "write \(wanted)"
    if case .scalar(let text, isPlain: true) = node.kind, !text.isEmpty,
      ["a text", "a path"].contains(wanted) || wanted.hasPrefix("the name")
    {
      advice += "; in quotes, if '\(text)' is meant"
    }
    if case .scalar(let text, isPlain: false) = node.kind, wanted.hasPrefix("a"),
      RecipeNode(kind: .scalar(text, isPlain: true), position: nil).number != nil
    {
      advice += ", without quotes"
    }
    return malformed("\(subject) is \(node.words)", at: node.position, advice: advice)
  }

  /// The name of a model or step, or a path.
  func reference(
    _ node: RecipeNode, _ subject: String
  ) throws(RecipeProblem) -> RecipeReference {
    guard let text = node.text, !text.isEmpty else {
      throw wrongValue(subject, node, wanted: "the name of a model or step, or a path")
    }
    return RecipeReference(text, at: node.position)
  }
}
