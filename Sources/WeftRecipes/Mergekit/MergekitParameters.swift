import WeftFormats

/// Mergekit's parameters as the options of our method.
///
/// A parameter is a value or a list of `{filter, value}` of which the first whose filter is in the tensor's name
/// decides. A model's own parameters go before the shared ones.
/// Source: https://github.com/arcee-ai/mergekit/blob/a6e4028/mergekit/config.py
struct MergekitParameters {
  /// A parameter that only chooses the type of a mask, which changes no value.
  private static let withoutEffect: Set<String> = ["int8_mask"]

  let origin: RecipeOrigin
  let method: MergeMethod
  let mergekit: MergekitMethod

  /// A value for all tensors, and others for some.
  private struct Setting {
    var value: OptionValue?
    var tensors: [(pattern: String, value: OptionValue)] = []
  }

  /// A model with its options: its own, then the shared ones, then mergekit's defaults.
  func input(
    _ reference: RecipeReference, own: RecipeObject?, shared: RecipeObject?
  ) throws(RecipeProblem) -> MergeInput {
    var input = MergeInput(reference)
    for entry in own?.entries ?? [] { try check(entry, own, options: method.modelOptions) }
    for option in method.modelOptions {
      let setting = try setting(option, in: [own, shared])
      input.options[option.name] = setting.value
      append(setting.tensors, of: option, to: &input.tensors)
    }
    return input
  }

  /// The setting of an option; where one source decides nothing for a tensor, the next one does.
  private func setting(
    _ option: MergeOption, in sources: [RecipeObject?]
  ) throws(RecipeProblem) -> Setting {
    var result = Setting()
    for source in sources where result.value == nil {
      guard let source, let entry = find(option, in: source) else { continue }
      let setting = try read(entry, as: option)
      result.value = setting.value
      result.tensors += setting.tensors
    }
    result.value = result.value ?? mergekit.defaults[option.name]
    return result
  }

  /// Sets the step's options from the shared parameters.
  func apply(_ shared: RecipeObject?, to step: inout MergeStep) throws(RecipeProblem) {
    for entry in shared?.entries ?? [] {
      try check(entry, shared, options: method.options + method.modelOptions)
    }
    for option in method.options {
      let setting = try setting(option, in: [shared])
      step.options[option.name] = setting.value
      append(setting.tensors, of: option, to: &step.tensors)
    }
  }

  private func find(_ option: MergeOption, in object: RecipeObject) -> RecipeNode.Entry? {
    object.entries.first { (mergekit.names[$0.key] ?? $0.key) == option.name }
  }

  /// Refuses a parameter that means nothing here.
  private func check(
    _ entry: RecipeNode.Entry, _ object: RecipeObject?, options: [MergeOption]
  ) throws(RecipeProblem) {
    let name = mergekit.names[entry.key] ?? entry.key
    if options.contains(where: { $0.name == name }) || Self.withoutEffect.contains(entry.key) {
      return
    }
    if let harmless = mergekit.ignored[entry.key], entry.value.number == harmless.double { return }
    // What mergekit does anyway may be said.
    if entry.key == "rescale", method.option("rescale") == nil, entry.value.flag == false { return }
    guard let object else { return }
    throw object.unknownKey(entry, known: options.map(\.name))
  }

  private func append(
    _ tensors: [(pattern: String, value: OptionValue)], of option: MergeOption,
    to entries: inout [TensorOptions]
  ) {
    for (pattern, value) in tensors {
      entries.append(TensorOptions(pattern: pattern, options: [option.name: value]))
    }
  }

  // MARK: Values

  private func read(
    _ entry: RecipeNode.Entry, as option: MergeOption
  ) throws(RecipeProblem) -> Setting {
    switch entry.value.kind {
    case .scalar: Setting(value: try value(entry.value, entry.key, option))
    case .map: try conditions([entry.value], entry.key, option)
    case .list(let nodes): try conditions(nodes, entry.key, option)
    }
  }

  private func conditions(
    _ nodes: [RecipeNode], _ key: String, _ option: MergeOption
  ) throws(RecipeProblem) -> Setting {
    var setting = Setting()
    for node in nodes {
      if case .map = node.kind {} else { throw gradient(key, node) }
      // What follows the condition that is always true is never reached.
      guard setting.value == nil else { break }
      let row = try RecipeObject(
        node, "a condition of '\(key)'", keys: ["filter", "value"], origin: origin)
      guard let value = row["value"] else { throw row.missing("value", advice: "add it") }
      let filter = row["filter"]?.text
      let result = try self.value(value, key, option)
      if filter == nil || filter == "*" {
        setting.value = result
      } else if let filter {
        setting.tensors.append((pattern: "*\(filter)*", value: result))
      }
    }
    guard setting.tensors.isEmpty || option.variesByTensor else {
      throw origin.malformed(
        "'\(key)' cannot differ between tensors", at: nodes.first?.position,
        advice: "give one value")
    }
    return setting
  }

  private func value(
    _ node: RecipeNode, _ key: String, _ option: MergeOption
  ) throws(RecipeProblem) -> OptionValue {
    if case .list = node.kind { throw gradient(key, node) }
    if let words = mergekit.flags[option.name], words.count == 2, let flag = node.flag {
      return .word(words[flag ? 1 : 0])
    }
    guard let value = option.value(node) else {
      throw origin.wrongValue("'\(key)'", node, wanted: option.wanted)
    }
    return value
  }

  private func gradient(_ key: String, _ node: RecipeNode) -> RecipeProblem {
    origin.malformed(
      "'\(key)' is a gradient over layers, which Stable Diffusion models do not have in a row",
      at: node.position, advice: "give one number, or 'blocks' in weft's own recipe")
  }
}
