import WeftFormats

/// Reads a merge step by the description of its method.
struct MergeReader {
  let origin: RecipeOrigin
  let library: FormatLibrary
  let method: MergeMethod

  /// The step of a mapping whose keys are known.
  func step(_ object: RecipeObject) throws(RecipeProblem) -> MergeStep {
    var step = MergeStep(method: method.id, inputs: [])
    var weights = try inputs(object, into: &step)
    try takeWeights(object, step: step, into: &weights)
    step.base = try object.reference("base")
    if let node = object["options"] {
      let options = try RecipeObject(
        node, "'options' of \(object.subject)", keys: method.options.map(\.name), origin: origin)
      for entry in options.entries {
        step.options[entry.key] = try value(entry, of: method.options, options)
      }
    }
    step.blocks = try blocks(object, option: method.blockOption)
    step.tensors = try tensors(object, method.options)
    let rules = MergeStepRules(
      method: method, subject: object.subject, presets: library.mergePresets)
    try report(rules.complete(&step, weights: weights), at: object.position)
    return step
  }

  private func report(
    _ misfit: MergeStepRules.Misfit?, at position: SourcePosition?
  ) throws(RecipeProblem) {
    guard let misfit else { return }
    throw origin.refused(misfit.what, at: position, advice: misfit.advice)
  }

  // MARK: Models

  /// Reads `models` and gives the weight of each, nil where it has none.
  private func inputs(
    _ object: RecipeObject, into step: inout MergeStep
  ) throws(RecipeProblem) -> [Double?] {
    var weights: [Double?] = []
    guard let nodes = try object.list("models") else {
      throw object.missing("models", advice: "list the models that are merged")
    }
    guard nodes.count <= RecipeReader.maximumCount else {
      throw origin.malformed(
        "\(object.subject) has \(nodes.count) models", at: object["models"]?.position,
        advice: "give at most \(RecipeReader.maximumCount)")
    }
    for node in nodes {
      let (input, weight) = try input(node, object)
      step.inputs.append(input)
      weights.append(weight)
    }
    return weights
  }

  private func input(
    _ node: RecipeNode, _ step: RecipeObject
  ) throws(RecipeProblem) -> (MergeInput, weight: Double?) {
    if case .scalar = node.kind {
      return (MergeInput(try origin.reference(node, "a model of \(step.subject)")), nil)
    }
    let object = try RecipeObject(
      node, "a model of \(step.subject)", keys: inputKeys, origin: origin)
    guard let reference = try object.reference("model") else {
      throw object.missing("model", advice: "write 'model: NAME'")
    }
    var input = MergeInput(reference)
    for entry in object.entries where method.modelOption(entry.key) != nil {
      input.options[entry.key] = try value(entry, of: method.modelOptions, object)
    }
    input.blocks = try blocks(object, option: "weight")
    input.tensors = try tensors(object, method.modelOptions)
    let weight = try method.shares.isEmpty ? nil : object.number("weight")
    return (input, weight ?? input.options["weight"]?.double)
  }

  /// The keys of a model that is written as a mapping.
  private var inputKeys: [String] {
    var keys = ["model"] + method.modelOptions.map(\.name)
    if !method.shares.isEmpty { keys.append("weight") }
    if method.modelOption("weight") != nil { keys.append("blocks") }
    if method.modelOptions.contains(where: \.variesByTensor) { keys.append("tensors") }
    return keys
  }

  /// Reads `weights`, which stands for the weights of all models.
  private func takeWeights(
    _ object: RecipeObject, step: MergeStep, into weights: inout [Double?]
  ) throws(RecipeProblem) {
    guard let nodes = try object.list("weights") else { return }
    guard !method.shares.isEmpty || method.modelOption("weight") != nil else {
      throw origin.malformed(
        "the models of '\(method.id)' have no weights", at: object["weights"]?.position,
        advice: "leave 'weights' out")
    }
    guard nodes.count == weights.count else {
      throw origin.refused(
        "\(object.subject) has \(nodes.count) weight\(nodes.count == 1 ? "" : "s")"
          + " for \(weights.count) models",
        at: object["weights"]?.position, advice: "give a weight for each model")
    }
    for (index, node) in nodes.enumerated() {
      guard let weight = node.number else {
        throw origin.wrongValue("a weight of \(object.subject)", node, wanted: "a finite number")
      }
      guard weights[index] == nil else {
        throw origin.refused(
          "the model '\(step.inputs[index].reference.name)' has two weights", at: node.position,
          advice: "give weights in 'weights' or beside the models, not both")
      }
      weights[index] = weight
    }
  }

  // MARK: Options

  /// The value of an option, checked for its type and range.
  private func value(
    _ entry: RecipeNode.Entry, of options: [MergeOption], _ object: RecipeObject
  ) throws(RecipeProblem) -> OptionValue {
    guard let option = options.first(where: { $0.name == entry.key }) else {
      throw object.unknownKey(entry, known: options.map(\.name))
    }
    guard let value = option.value(entry.value) else {
      throw object.wrongType(entry.key, entry.value, wanted: option.wanted)
    }
    return value
  }

  /// The entries of `tensors`: other values for what a pattern fits.
  private func tensors(
    _ object: RecipeObject, _ options: [MergeOption]
  ) throws(RecipeProblem) -> [TensorOptions] {
    let varying = options.filter(\.variesByTensor)
    var entries: [TensorOptions] = []
    for node in try object.list("tensors") ?? [] {
      let row = try RecipeObject(
        node, "an entry of 'tensors'", keys: ["match"] + varying.map(\.name), origin: origin)
      guard let pattern = try row.text("match") else {
        throw row.missing("match", advice: "give a pattern such as \"*attn2*\"")
      }
      var values: [String: OptionValue] = [:]
      for entry in row.entries where entry.key != "match" {
        values[entry.key] = try value(entry, of: varying, row)
      }
      guard !values.isEmpty else {
        throw row.missing(
          varying.first?.name ?? "option", advice: "give the value for these tensors")
      }
      entries.append(TensorOptions(pattern: pattern, options: values))
    }
    return entries
  }

  private func blocks(
    _ object: RecipeObject, option: String?
  ) throws(RecipeProblem) -> BlockChoice? {
    guard let node = object["blocks"] else { return nil }
    guard let option, let found = method.option(option) ?? method.modelOption(option) else {
      throw origin.malformed(
        "'\(method.id)' has no weight that blocks can change", at: node.position,
        advice: "put 'blocks' beside a model, or leave it out")
    }
    return try BlockReader(origin: origin, presets: library.mergePresets, option: found)
      .weights(node)
  }
}

extension MergeOption {
  /// A value of a recipe as the option's, or nil when it does not fit.
  func value(_ node: RecipeNode) -> Value? {
    switch kind {
    case .flag: node.flag.map(Value.flag)
    case .integer: node.integer.flatMap { allows(Double($0)) ? .integer($0) : nil }
    case .number: node.number.flatMap { allows($0) ? .number($0) : nil }
    case .choice: node.text.flatMap { choices.contains($0) ? .word($0) : nil }
    }
  }
}
