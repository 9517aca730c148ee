extension RecipeReader {
  private static let adapterKeys =
    sourceKeys + [
      "scale", "unet", "te", "norm", "lbw", "lbw_rest", "lbw_resadapter",
    ]

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
    adapter.blockRest = try object.number("lbw_rest")
    adapter.weighsResAdapter = try object.flag("lbw_resadapter") ?? false
    try refuseRestAlone(object)
    return adapter
  }

  /// What is said of block weights needs some.
  private func refuseRestAlone(_ object: RecipeObject) throws(RecipeProblem) {
    guard object["lbw"] == nil,
      let entry = object.entries.first(where: { $0.key.hasPrefix("lbw_") })
    else { return }
    throw origin.refused(
      "'\(entry.key)' is only for block weights", at: entry.position, advice: "add 'lbw'")
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
