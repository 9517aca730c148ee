import WeftFormats

extension RecipeReader {
  private static let quantizationKeys = [
    "type", "rules", "encoder", "policy", "imatrix", "imatrix_sha256", "requantize", "saturate",
    "chosen",
  ]

  /// How the result is quantised; nil when the key is absent.
  func quantization(_ node: RecipeNode?) throws(RecipeProblem) -> RecipeQuantization? {
    guard let node else { return nil }
    let object = try RecipeObject(
      node, "'quantization'", keys: Self.quantizationKeys, origin: origin)
    var result = try quantization(
      of: object, policy: "policy", of: library.quantPolicies.map(\.id))
    result.imatrixSHA256 = try hash(object)
    result.chosen = try chosen(object["chosen"])
    return result
  }

  /// How a mapping says that something is quantised; `policy` is its key for one of the policies.
  func quantization(
    of object: RecipeObject, policy: String, of policies: [String]
  ) throws(RecipeProblem) -> RecipeQuantization {
    guard let type = object["type"] else {
      throw object.missing("type", advice: "name a type, such as q8_0")
    }
    var result = RecipeQuantization(type: try quantType(type, object))
    for rule in try object.list("rules") ?? [] { result.rules.append(try self.rule(rule)) }
    result.encoder =
      try object.word("encoder", of: RecipeQuantization.encoders) ?? result.encoder
    result.policy = try object.word(policy, of: policies)
    result.imatrix = try object.text("imatrix")
    result.requantizes = try object.flag("requantize") ?? false
    result.saturates = try object.flag("saturate") ?? false
    return result
  }

  private func quantType(
    _ node: RecipeNode, _ object: RecipeObject
  ) throws(RecipeProblem) -> String {
    guard let text = node.text else {
      throw object.wrongType("type", node, wanted: "the name of a type")
    }
    return try knownType(text, node)
  }

  private func knownType(_ name: String, _ node: RecipeNode) throws(RecipeProblem) -> String {
    guard let type = library.quantType(name) else {
      throw origin.malformed(
        "there is no type '\(name)'", at: node.position,
        advice: NearestName.advice(name, among: library.quantTypes.map(\.name)))
    }
    return type.name
  }

  /// The name of a type, or the word for the type that a tensor has.
  private func knownTypeOrKeep(
    _ name: String, _ node: RecipeNode
  ) throws(RecipeProblem) -> String {
    name == "keep" ? name : try knownType(name, node)
  }

  /// A pattern and the type of what it matches, or `keep`.
  private func rule(_ node: RecipeNode) throws(RecipeProblem) -> String {
    guard let text = node.text, let split = text.lastIndex(of: "="), split != text.startIndex
    else {
      throw origin.wrongValue("an element of 'rules'", node, wanted: "a text as 'glob=type'")
    }
    let type = String(text[text.index(after: split)...])
    return text[...split] + (try knownTypeOrKeep(type, node))
  }

  private func hash(_ object: RecipeObject) throws(RecipeProblem) -> String? {
    guard let node = object["imatrix_sha256"] else { return nil }
    guard let text = node.text, text.utf8.count == 64,
      text.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) })
    else {
      throw object.wrongType(
        "imatrix_sha256", node, wanted: "64 hexadecimal digits in lower case")
    }
    return text
  }

  private func chosen(_ node: RecipeNode?) throws(RecipeProblem) -> [String: String] {
    guard let node else { return [:] }
    var chosen: [String: String] = [:]
    for entry in try RecipeObject(node, "'chosen'", origin: origin).entries {
      guard let type = entry.value.text else {
        throw origin.wrongValue(
          "'\(entry.key)' of 'chosen'", entry.value, wanted: "the name of a type, or keep")
      }
      chosen[entry.key] = try knownTypeOrKeep(type, entry.value)
    }
    return chosen
  }
}
