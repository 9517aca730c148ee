import WeftTensors

/// The recipe of a model that one `weft fuse` or `weft convert` made, as a recipe of one step or none.
struct SingleOperation {
  private static let keys = [
    "version", "operation", "base", "base_recipe", "vae", "dtype", "quantization", "layout",
    "ema", "prune", "allow_unmatched", "adapters", "norm", "norm_base", "tlora_base", "alpha_zero",
  ]
  private static let adapterKeys = [
    "files", "unet", "te", "norm", "lbw", "lbw_rest", "lbw_resadapter",
  ]

  let reader: RecipeReader
  let metadata: JSONValue

  func recipe() throws(RecipeProblem) -> MergeRecipe {
    let object = try RecipeObject(
      RecipeNode(metadata), "the recipe", keys: Self.keys, origin: reader.origin)
    guard object["version"]?.integer == RecipeReader.version else {
      throw foreign("it is of another version")
    }
    var linker = RecipeLinker(origin: reader.origin)
    var base = try model("base", key: "base", object)
    base.history = metadata["base_recipe"]
    linker.models = [base]
    var output = try reader.output(outputNode(object))
    output.from = RecipeReference(base.name)
    switch try object.word("operation", of: ["convert", "fuse"]) {
    case "fuse":
      linker.steps = [RecipeStep(name: "fused", action: .fuse(try fuse(object, &linker)))]
      output.from = RecipeReference("fused")
    case "convert": break
    default: throw foreign("it names no operation")
    }
    if object["vae"] != nil {
      linker.models.append(try model("vae", key: "vae", object))
      output.vae = RecipeReference("vae")
    }
    return try linker.recipe(output: output)
  }

  private func foreign(_ what: String) -> RecipeProblem {
    reader.origin.malformed(
      "the model's recipe cannot be read: \(what)", at: nil,
      advice: "use the version of weft that made the model")
  }

  /// The members that the outputs of recipes have as well; types are spelled there as files spell them.
  private func outputNode(_ object: RecipeObject) -> RecipeNode {
    let shared = ["dtype", "quantization", "layout", "ema", "prune", "allow_unmatched"]
    let entries = object.entries.filter { shared.contains($0.key) }.map { entry in
      guard entry.key == "dtype", let code = entry.value.text,
        let word = RecipeOutput.dtypes.first(where: { $0.dtype.rawValue == code })?.word
      else { return entry }
      let value = RecipeNode(kind: .scalar(word, isPlain: false), position: nil)
      return RecipeNode.Entry(key: entry.key, position: nil, value: value)
    }
    return RecipeNode(kind: .map(entries), position: nil)
  }

  private func model(
    _ name: String, key: String, _ object: RecipeObject
  ) throws(RecipeProblem) -> RecipeModel {
    guard let files = object[key] else { throw foreign("it has no '\(key)'") }
    let entry = RecipeNode.Entry(key: "files", position: nil, value: files)
    return try reader.model(
      RecipeNode.Entry(
        key: name, position: nil, value: RecipeNode(kind: .map([entry]), position: nil)))
  }

  private func fuse(
    _ object: RecipeObject, _ linker: inout RecipeLinker
  ) throws(RecipeProblem) -> FuseStep {
    var step = FuseStep(base: RecipeReference("base"), adapters: [])
    for node in try object.list("adapters") ?? [] {
      let adapter = try RecipeObject(
        node, "an adapter", keys: Self.adapterKeys, origin: reader.origin)
      step.adapters.append(
        try reader.adapter(RecipeNode(kind: .map(adapter.entries), position: nil)))
    }
    step.norm = try object.word("norm", of: FuseStep.normModes) ?? step.norm
    step.alphaZero =
      try object.word("alpha_zero", of: FuseStep.alphaZeroMeanings) ?? step.alphaZero
    if object["norm_base"] != nil {
      linker.models.append(try model("stock", key: "norm_base", object))
      step.normBase = RecipeReference("stock")
    }
    if object["tlora_base"] != nil {
      linker.models.append(try model("training", key: "tlora_base", object))
      step.tloraBase = RecipeReference("training")
    }
    return step
  }
}
