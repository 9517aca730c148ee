import WeftFormats

extension PipelineReader {
  /// The overrides of a document with those variables and steps.
  func overrides(
    _ object: RecipeObject, variables known: [RecipeNode.Entry], steps: [RecipeNode.Entry],
    _ variables: inout PipelineVariables
  ) throws(RecipeProblem) -> [PipelineOverride] {
    let nodes = try object.list("overrides") ?? []
    guard nodes.count <= Self.maximumOverrideCount else {
      throw origin.malformed(
        "there are \(nodes.count) overrides", at: object["overrides"]?.position,
        advice: "give at most \(Self.maximumOverrideCount)")
    }
    var overrides: [PipelineOverride] = []
    for node in nodes {
      let override = try RecipeObject(
        node, "an override", keys: PipelineKeys.override, origin: origin)
      overrides.append(try self.override(override, known, steps, &variables))
    }
    return overrides
  }

  private func override(
    _ object: RecipeObject, _ known: [RecipeNode.Entry], _ steps: [RecipeNode.Entry],
    _ variables: inout PipelineVariables
  ) throws(RecipeProblem) -> PipelineOverride {
    guard let match = object["match"] else {
      throw object.missing("match", advice: "say by a glob which inputs it is for")
    }
    guard object.entries.count > 1 else {
      throw origin.malformed(
        "an override changes nothing", at: object.position,
        advice: "add 'variables', 'steps' or 'skip'")
    }
    let glob = try text(variables.expanded(match), "'match' of an override", wanted: "a glob")
    return PipelineOverride(
      glob: PathGlob(glob), variables: try values(object, known: known.map(\.key)),
      steps: try changes(object, steps), skipped: try skipped(object, steps.map(\.key)),
      position: object.position)
  }

  /// The values of variables, all of which have a usual one.
  private func values(
    _ object: RecipeObject, known: [String]
  ) throws(RecipeProblem) -> [RecipeNode.Entry] {
    guard let node = object["variables"] else { return [] }
    return try RecipeObject(
      node, "'variables' of an override", keys: known, origin: origin
    ).entries
  }

  /// The changed keys of steps, all of which the steps' kinds have.
  private func changes(
    _ object: RecipeObject, _ steps: [RecipeNode.Entry]
  ) throws(RecipeProblem) -> [RecipeNode.Entry] {
    guard let node = object["steps"] else { return [] }
    let changes = try RecipeObject(
      node, "'steps' of an override", keys: steps.map(\.key), origin: origin)
    for change in changes.entries {
      guard let step = steps.first(where: { $0.key == change.key }) else { continue }
      let kind = try kind(RecipeObject(step.value, "the step '\(step.key)'", origin: origin))
      _ = try RecipeObject(
        change.value, "the override of the step '\(step.key)'", keys: kind.keys, origin: origin)
    }
    return changes.entries
  }

  private func skipped(
    _ object: RecipeObject, _ steps: [String]
  ) throws(RecipeProblem) -> [RecipeReference] {
    var skipped: [RecipeReference] = []
    for node in try object.list("skip") ?? [] {
      let name = try text(node, "an element of 'skip'", wanted: "the name of a step")
      guard steps.contains(name) else {
        throw origin.refused(
          "there is no step '\(name)'", at: node.position,
          advice: NearestName.advice(name, among: steps))
      }
      skipped.append(RecipeReference(name, at: node.position))
    }
    return skipped
  }
}
