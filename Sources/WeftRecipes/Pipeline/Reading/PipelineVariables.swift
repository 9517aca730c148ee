import WeftFormats

/// The values of a pipeline's variables, and their use in its other texts.
struct PipelineVariables {
  /// The longest that all texts with variables may become together, in bytes.
  static let maximumByteCount = 1 << 20
  private static let builtIn = NameTemplate.Variable.allCases.map(\.rawValue)

  let origin: RecipeOrigin
  private let names: [String]
  private var values: [String: RecipeNode] = [:]
  /// The variables by which each one's value is made.
  private var sources: [String: Set<String>] = [:]
  /// The variables that any text used since the last values, and those by which they are made.
  private(set) var used: Set<String> = []
  private var byteCount = 0

  /// Takes the variables in the order of the text: each may use those before it.
  init(_ entries: [RecipeNode.Entry], origin: RecipeOrigin) throws(RecipeProblem) {
    self.origin = origin
    names = entries.map(\.key)
    for entry in entries {
      used = []
      let value = try expanded(entry.value, isTemplate: false)
      guard case .scalar = value.kind, !value.isNothing else {
        throw origin.wrongValue(
          "the variable '\(entry.key)'", value, wanted: "a text, a number, true or false")
      }
      values[entry.key] = value
      sources[entry.key] = used
    }
    used = []
  }

  /// A value with the values of variables in all of its texts; in the templates of a step the built-in variables stay.
  mutating func expanded(
    _ node: RecipeNode, isTemplate: Bool = false
  ) throws(RecipeProblem) -> RecipeNode {
    let kind: RecipeNode.Kind
    switch node.kind {
    case .scalar(let text, _):
      guard text.utf8.contains(UInt8(ascii: "$")) else { return node }
      return try scalar(text, isTemplate, node.position)
    case .list(let elements):
      var result: [RecipeNode] = []
      for element in elements { result.append(try expanded(element)) }
      kind = .list(result)
    case .map(let entries):
      var result: [RecipeNode.Entry] = []
      for entry in entries { result.append(try expanded(entry)) }
      kind = .map(result)
    }
    return RecipeNode(kind: kind, position: node.position)
  }

  /// A step with the values of variables.
  mutating func expanded(step node: RecipeNode) throws(RecipeProblem) -> RecipeNode {
    guard case .map(let entries) = node.kind else { return node }
    var result: [RecipeNode.Entry] = []
    for entry in entries {
      result.append(
        try expanded(entry, isTemplate: PipelineStepKind.templates.contains(entry.key)))
    }
    return RecipeNode(kind: .map(result), position: node.position)
  }

  private mutating func expanded(
    _ entry: RecipeNode.Entry, isTemplate: Bool = false
  ) throws(RecipeProblem) -> RecipeNode.Entry {
    RecipeNode.Entry(
      key: entry.key, position: entry.position,
      value: try expanded(entry.value, isTemplate: isTemplate))
  }

  /// The value of a text; one that is a variable and nothing else has the variable's kind and place.
  private mutating func scalar(
    _ text: String, _ isTemplate: Bool, _ position: SourcePosition?
  ) throws(RecipeProblem) -> RecipeNode {
    let pieces = try VariableText(text, at: position, origin).pieces
    if pieces.count == 1, case .variable(let name) = pieces[0], !isTemplate {
      let node = try value(name, at: position)
      if case .scalar(let text, _) = node.kind { try count(text.utf8.count, at: position) }
      return node
    }
    var result = ""
    for piece in pieces {
      let part = try self.text(piece, isTemplate, position)
      try count(part.utf8.count, at: position)
      result += part
    }
    return RecipeNode(kind: .scalar(result, isPlain: false), position: position)
  }

  /// What a piece of a text stands for; in a template dollars stay doubled.
  private mutating func text(
    _ piece: VariableText.Piece, _ isTemplate: Bool, _ position: SourcePosition?
  ) throws(RecipeProblem) -> String {
    switch piece {
    case .literal(let text): return String(text)
    case .dollar: return isTemplate ? "$$" : "$"
    case .variable(let name):
      if isTemplate, Self.builtIn.contains(name) { return "${\(name)}" }
      let node = try value(name, at: position, known: isTemplate ? names + Self.builtIn : names)
      guard case .scalar(let text, _) = node.kind else { return "" }
      return isTemplate ? Self.escaped(text) : text
    }
  }

  /// A text as a template that stands for it.
  private static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "$" { result.append(scalar) }
      result.append(scalar)
    }
    return String(result)
  }

  private mutating func value(
    _ name: String, at position: SourcePosition?, known: [String]? = nil
  ) throws(RecipeProblem) -> RecipeNode {
    guard let value = values[name] else { throw unknown(name, known ?? names, at: position) }
    used.insert(name)
    used.formUnion(sources[name] ?? [])
    return value
  }

  private mutating func count(_ count: Int, at position: SourcePosition?) throws(RecipeProblem) {
    byteCount += count
    guard byteCount > Self.maximumByteCount else { return }
    throw origin.malformed(
      "the texts with variables become longer than \(Self.maximumByteCount) bytes", at: position,
      advice: "give the variables shorter values")
  }

  private func unknown(
    _ name: String, _ known: [String], at position: SourcePosition?
  ) -> RecipeProblem {
    if Self.builtIn.contains(name) {
      return origin.malformed(
        "${\(name)} stands for something else in each output's path, and for nothing here",
        at: position, advice: "use it in 'save', 'json' and 'html' only")
    }
    if names.contains(name) {
      return origin.malformed(
        "the variable '\(name)' has no value yet", at: position,
        advice: "a variable may use those that stand before it")
    }
    let nearest = NearestName.of(name, among: known).map { "did you mean '\($0)'?" }
    return origin.malformed(
      "there is no variable '\(name)'", at: position,
      advice: nearest ?? "add it to 'variables', or write $$ for a dollar")
  }
}
