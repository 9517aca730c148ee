import WeftFormats

extension RecipeReader {
  private static let mergeKeys = [
    "merge", "models", "weights", "base", "options", "blocks", "tensors",
  ]
  private static let fuseKeys = [
    "fuse", "adapters", "norm", "norm_base", "tlora_base", "alpha_zero",
  ]

  /// A step of `steps`: its first word says what it does.
  func step(_ entry: RecipeNode.Entry) throws(RecipeProblem) -> RecipeStep {
    let subject = "the step '\(entry.key)'"
    let object = try RecipeObject(entry.value, subject, origin: origin)
    let isFuse = object["fuse"] != nil
    guard isFuse || object["merge"] != nil else {
      throw object.missing("merge", advice: "start it with 'merge: METHOD' or 'fuse: MODEL'")
    }
    let keys = isFuse ? Self.fuseKeys : Self.mergeKeys
    for key in object.entries where !keys.contains(key.key) {
      throw object.unknownKey(key, known: keys)
    }
    let action: RecipeStep.Action =
      isFuse ? .fuse(try fuse(object)) : .merge(try merge(object))
    return RecipeStep(name: entry.key, action: action, position: entry.position)
  }

  private func merge(_ object: RecipeObject) throws(RecipeProblem) -> MergeStep {
    guard let node = object["merge"], let word = node.text else {
      throw object.missing("merge", advice: "name a method")
    }
    guard let method = library.mergeMethod(word) else {
      throw origin.malformed(
        "unknown method '\(word)'", at: node.position,
        advice: NearestName.advice(word, among: library.mergeMethods.map(\.id)))
    }
    return try MergeReader(origin: origin, library: library, method: method).step(object)
  }

  private func fuse(_ object: RecipeObject) throws(RecipeProblem) -> FuseStep {
    guard let base = try object.reference("fuse") else {
      throw object.missing("fuse", advice: "name the model")
    }
    return try fuse(object, base: base)
  }

  /// The fuse into a base that a mapping describes.
  func fuse(
    _ object: RecipeObject, base: RecipeReference
  ) throws(RecipeProblem) -> FuseStep {
    var step = FuseStep(base: base, adapters: [])
    for node in try object.list("adapters") ?? [] { step.adapters.append(try adapter(node)) }
    guard !step.adapters.isEmpty else {
      throw object.missing("adapters", advice: "list at least one adapter")
    }
    step.norm = try object.word("norm", of: FuseStep.normModes) ?? step.norm
    step.normBase = try object.reference("norm_base")
    step.tloraBase = try object.reference("tlora_base")
    step.alphaZero =
      try object.word("alpha_zero", of: FuseStep.alphaZeroMeanings) ?? step.alphaZero
    try checkNorms(step, object)
    return step
  }

  /// What `weft fuse` refuses of its options.
  private func checkNorms(_ step: FuseStep, _ object: RecipeObject) throws(RecipeProblem) {
    func refuse(_ what: String, _ key: String, _ advice: String) -> RecipeProblem {
      origin.refused(what, at: object[key]?.position ?? object.position, advice: advice)
    }
    if step.norm == "delta", step.normBase == nil {
      throw refuse("'norm: delta' needs the stock model", "norm", "add 'norm_base: MODEL'")
    }
    if step.norm != "delta", step.normBase != nil {
      throw refuse("'norm_base' is only for 'norm: delta'", "norm_base", "leave it out")
    }
    guard step.norm == "replace" || step.norm == "skip",
      let adapter = step.adapters.first(where: { $0.normWeight != 1 })
    else { return }
    throw origin.refused(
      "an adapter's 'norm' is unused with 'norm: \(step.norm)'", at: adapter.position,
      advice: "leave it out, or choose norm: lerp or delta for the step")
  }
}
