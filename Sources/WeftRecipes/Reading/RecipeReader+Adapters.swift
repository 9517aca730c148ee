extension RecipeReader {
  private static let adapterKeys = sourceKeys + ["scale", "unet", "te", "norm", "lbw"]

  /// An adapter: a path with an optional `:SCALE`, or a mapping.
  func adapter(_ node: RecipeNode) throws(RecipeProblem) -> RecipeAdapter {
    var adapter: RecipeAdapter
    if case .scalar = node.kind {
      guard let text = node.text, !text.isEmpty else {
        throw origin.wrongValue("an adapter", node, wanted: "a path")
      }
      adapter = try AdapterText(origin: origin, position: node.position).adapter(text)
    } else {
      adapter = try mapped(node)
    }
    adapter.position = node.position
    return adapter
  }

  private func mapped(_ node: RecipeNode) throws(RecipeProblem) -> RecipeAdapter {
    let object = try RecipeObject(node, "an adapter", keys: Self.adapterKeys, origin: origin)
    let source = try source(object)
    var adapter = RecipeAdapter(path: source.path, files: source.files)
    let scale = try object.number("scale") ?? 1
    adapter.unetScale = try object.number("unet") ?? scale
    adapter.textEncoderScale = try object.number("te") ?? scale
    adapter.normWeight = try object.number("norm") ?? 1
    adapter.blockWeights = try blockWeights(object)
    return adapter
  }

  /// The text of `lbw`: a preset's name or numbers, which are joined by commas as on the command line.
  private func blockWeights(_ object: RecipeObject) throws(RecipeProblem) -> String? {
    guard let node = object["lbw"], case .list(let nodes) = node.kind else {
      return try object.text("lbw")
    }
    var numbers: [String] = []
    for element in nodes {
      guard let number = element.number else {
        throw origin.wrongValue("a number of 'lbw'", element, wanted: "a finite number")
      }
      numbers.append(NumberText.shortest(number))
    }
    guard !numbers.isEmpty else {
      throw object.wrongType("lbw", node, wanted: "a preset's name, or numbers")
    }
    return numbers.joined(separator: ",")
  }
}

/// The short form of an adapter: `PATH`, `PATH:SCALE` or `PATH:KEY=NUMBER,...`, as on the command line.
struct AdapterText {
  let origin: RecipeOrigin
  let position: SourcePosition?

  /// Text after the last colon that is neither a number nor such pairs belongs to the path.
  func adapter(_ text: String) throws(RecipeProblem) -> RecipeAdapter {
    guard let colon = text.lastIndex(of: ":"), colon != text.startIndex else {
      return RecipeAdapter(path: text)
    }
    let suffix = text[text.index(after: colon)...]
    var adapter = RecipeAdapter(path: String(text[..<colon]))
    if let scale = Double(suffix) {
      adapter.unetScale = try finite(scale, suffix)
      adapter.textEncoderScale = scale
      return adapter
    }
    let pairs = suffix.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.split(separator: "=", omittingEmptySubsequences: false) }
    guard pairs.allSatisfy({ $0.count == 2 && ($0[0] == "lbw" || Double($0[1]) != nil) }) else {
      return RecipeAdapter(path: text)
    }
    try apply(pairs, to: &adapter)
    return adapter
  }

  private func apply(
    _ pairs: [[Substring]], to adapter: inout RecipeAdapter
  ) throws(RecipeProblem) {
    guard Set(pairs.map { $0[0] }).count == pairs.count else {
      throw malformed("a part of an adapter's scale is given twice")
    }
    for pair in pairs {
      if pair[0] == "lbw" {
        adapter.blockWeights = String(pair[1])
        continue
      }
      guard let number = Double(pair[1]) else { continue }
      let value = try finite(number, pair[1])
      switch pair[0] {
      case "unet": adapter.unetScale = value
      case "te": adapter.textEncoderScale = value
      case "norm": adapter.normWeight = value
      default: throw malformed("unknown part '\(pair[0])' of an adapter's scale")
      }
    }
  }

  private func finite(_ number: Double, _ text: Substring) throws(RecipeProblem) -> Double {
    guard number.isFinite else { throw malformed("the scale \(text) is not finite") }
    return number
  }

  private func malformed(_ what: String) -> RecipeProblem {
    origin.malformed(
      what, at: position, advice: "write PATH:NUMBER, or pairs such as PATH:unet=0.8,te=0.5,norm=1")
  }
}
