import Yams

/// Makes nodes of a recipe from the parser's.
struct YAMLConverter {
  let origin: RecipeOrigin
  private var nodeCount = 0

  init(origin: RecipeOrigin) { self.origin = origin }

  /// The node of a parsed value; the recursion is bounded by `YAMLText.maximumDepth`.
  mutating func node(_ node: Node, depth: Int) throws(RecipeProblem) -> RecipeNode {
    let position = YAMLProblem.position(node.mark)
    try check(node, depth: depth, at: position)
    switch node {
    case .scalar(let scalar):
      return RecipeNode(
        kind: .scalar(scalar.string, isPlain: scalar.style == .plain), position: position)
    case .sequence(let sequence):
      var elements: [RecipeNode] = []
      for element in sequence { elements.append(try self.node(element, depth: depth + 1)) }
      return RecipeNode(kind: .list(elements), position: position)
    case .mapping(let mapping):
      return RecipeNode(kind: .map(try entries(mapping, depth: depth)), position: position)
    case .alias: throw YAMLText.anchorProblem(origin, at: position)
    }
  }

  private mutating func entries(
    _ mapping: Node.Mapping, depth: Int
  ) throws(RecipeProblem) -> [RecipeNode.Entry] {
    var entries: [RecipeNode.Entry] = []
    var keys: Set<String> = []
    for (key, value) in mapping {
      let keyNode = try node(key, depth: depth + 1)
      guard case .scalar(let text, _) = keyNode.kind else {
        throw origin.malformed(
          "a key is \(keyNode.words)", at: keyNode.position, advice: "write a name before the ':'")
      }
      guard keys.insert(text).inserted else {
        throw origin.malformed(
          "the key '\(text)' occurs twice", at: keyNode.position, advice: "keep one of them")
      }
      entries.append(
        RecipeNode.Entry(
          key: text, position: keyNode.position, value: try node(value, depth: depth + 1)))
    }
    return entries
  }

  private mutating func check(
    _ node: Node, depth: Int, at position: SourcePosition?
  ) throws(RecipeProblem) {
    nodeCount += 1
    guard depth <= YAMLText.maximumDepth else {
      throw origin.malformed(
        "values are nested deeper than \(YAMLText.maximumDepth)", at: position,
        advice: "give a \(origin.kind.noun); \(origin.kind.schema) describes it")
    }
    guard nodeCount <= YAMLText.maximumNodeCount else {
      throw origin.malformed(
        "there are more than \(YAMLText.maximumNodeCount) values", at: position,
        advice: origin.kind.advice)
    }
    if node.anchor != nil { throw YAMLText.anchorProblem(origin, at: position) }
    guard isPlainlyTagged(node) else {
      throw origin.malformed(
        "tags (!) are not read", at: position,
        advice: "leave the tag out, or put the text in quotes")
    }
    if case .scalar(let scalar) = node, scalar.string.unicodeScalars.contains("\0") {
      throw origin.malformed("a text holds a zero byte", at: position, advice: "take it out")
    }
  }

  /// Whether a value has no tag of its own beyond those that YAML gives every value.
  private func isPlainlyTagged(_ node: Node) -> Bool {
    switch node {
    case .scalar: node.tag.description.hasPrefix("tag:yaml.org,2002:")
    case .sequence: node.tag.description == Tag.Name.seq.rawValue
    case .mapping: node.tag.description == Tag.Name.map.rawValue
    case .alias: false
    }
  }
}
