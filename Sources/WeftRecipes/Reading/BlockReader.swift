import WeftFormats

/// Reads block weights: the name of a preset, a number for each block, or numbers by patterns of blocks, as a mapping or
/// a list of mappings.
struct BlockReader {
  let origin: RecipeOrigin
  let presets: [String: [Double]]
  /// The option that the numbers are values of.
  let option: MergeOption

  func weights(_ node: RecipeNode) throws(RecipeProblem) -> BlockChoice {
    switch node.kind {
    case .scalar: try preset(node)
    case .list(let nodes): try numbers(nodes, node)
    case .map(let entries): try patterns(entries, node)
    }
  }

  private func preset(_ node: RecipeNode) throws(RecipeProblem) -> BlockChoice {
    guard let name = node.text, presets[name] != nil else {
      throw origin.malformed(
        "unknown preset of blocks \(node.words)", at: node.position,
        advice: NearestName.advice(node.text ?? "", among: Array(presets.keys)))
    }
    return .preset(name)
  }

  private func numbers(
    _ nodes: [RecipeNode], _ list: RecipeNode
  ) throws(RecipeProblem) -> BlockChoice {
    if case .map? = nodes.first?.kind { return try orderedPatterns(nodes, list) }
    guard BlockChoice.names(count: nodes.count) != nil else {
      throw origin.malformed(
        "'blocks' has \(nodes.count) numbers", at: list.position,
        advice: "give 26 (SD1.x, SD2.x) or 20 (SDXL): BASE, IN00..., M00, OUT00...")
    }
    var numbers: [Double] = []
    for node in nodes { numbers.append(try number(node)) }
    return .numbers(numbers)
  }

  /// Patterns as a list of mappings, which keeps their order where mappings do not.
  private func orderedPatterns(
    _ nodes: [RecipeNode], _ list: RecipeNode
  ) throws(RecipeProblem) -> BlockChoice {
    var entries: [RecipeNode.Entry] = []
    for node in nodes {
      entries += try RecipeObject(node, "an element of 'blocks'", origin: origin).entries
    }
    return try patterns(entries, list)
  }

  private func patterns(
    _ entries: [RecipeNode.Entry], _ map: RecipeNode
  ) throws(RecipeProblem) -> BlockChoice {
    guard !entries.isEmpty else {
      throw origin.malformed(
        "'blocks' is empty", at: map.position, advice: "give numbers, such as {\"OUT*\": 0.5}")
    }
    let names = BlockChoice.names(count: 26) ?? []
    var result: [BlockChoice.Entry] = []
    for entry in entries {
      let glob = Glob(entry.key)
      guard names.contains(where: glob.matches) else {
        throw origin.malformed(
          "no block is called '\(entry.key)'", at: entry.position,
          advice: "blocks are BASE, IN00 to IN11, M00 and OUT00 to OUT11; * stands for any text")
      }
      result.append(BlockChoice.Entry(entry.key, try number(entry.value)))
    }
    return .patterns(result)
  }

  private func number(_ node: RecipeNode) throws(RecipeProblem) -> Double {
    guard let number = node.number, option.allows(number) else {
      throw origin.wrongValue("a number of 'blocks'", node, wanted: option.wanted)
    }
    return number
  }
}
