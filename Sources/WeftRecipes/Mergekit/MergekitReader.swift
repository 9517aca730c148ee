import WeftFormats

/// Reads a configuration of mergekit as a recipe.
///
/// Source: https://github.com/arcee-ai/mergekit/blob/a6e4028/mergekit/config.py
struct MergekitReader {
  let origin: RecipeOrigin
  let library: FormatLibrary

  /// The name of the one step.
  private static let stepName = "merged"
  private static let keys = [
    "merge_method", "models", "base_model", "parameters", "dtype", "out_dtype",
  ]
  /// Keys that are of language models, or that have no meaning for whole files, and why.
  private static let foreignKeys = [
    "slices": "slices of layers are not read", "modules": "modules are not read",
    "tokenizer_source": "Stable Diffusion models keep their tokenizers",
    "tokenizer": "Stable Diffusion models keep their tokenizers",
    "chat_template": "there is no chat in Stable Diffusion models",
  ]
  private static let dtypes = [
    "float32": "f32", "float16": "f16", "bfloat16": "bf16", "fp32": "f32", "fp16": "f16",
    "bf16": "bf16",
  ]

  /// The recipe of a document.
  func recipe(_ root: RecipeNode) throws(RecipeProblem) -> MergeRecipe {
    let object = try RecipeObject(root, "the configuration of mergekit", origin: origin)
    try checkKeys(object)
    let (method, mergekit) = try method(object)
    var linker = RecipeLinker(origin: origin)
    var step = MergeStep(method: method.id, inputs: [])
    let parameters = MergekitParameters(origin: origin, method: method, mergekit: mergekit)
    let shared = try object["parameters"].map { node throws(RecipeProblem) in
      try RecipeObject(node, "'parameters'", origin: origin)
    }
    let base = try object["base_model"].map { node throws(RecipeProblem) in
      try reference(node, "'base_model'")
    }
    try readModels(object, base: base, shared: shared, parameters, into: &step)
    try parameters.apply(shared, to: &step)
    if method.needsBase { step.base = base }
    let rules = MergeStepRules(
      method: method, subject: "the merge", presets: library.mergePresets)
    if let misfit = rules.complete(&step, weights: step.inputs.map { _ in nil }) {
      throw origin.refused(misfit.what, at: object.position, advice: misfit.advice)
    }
    linker.steps = [
      RecipeStep(name: Self.stepName, action: .merge(step), position: object.position)
    ]
    return try linker.recipe(output: try output(object))
  }

  private func checkKeys(_ object: RecipeObject) throws(RecipeProblem) {
    for entry in object.entries where !Self.keys.contains(entry.key) {
      guard let reason = Self.foreignKeys[entry.key] else {
        throw object.unknownKey(entry, known: Self.keys)
      }
      throw origin.malformed(
        "'\(entry.key)' of mergekit: \(reason)", at: entry.position, advice: "leave it out")
    }
  }

  private func method(
    _ object: RecipeObject
  ) throws(RecipeProblem) -> (MergeMethod, MergekitMethod) {
    let known = library.mergeMethods.compactMap { method in method.mergekit.map { (method, $0) } }
    let name = try object.text("merge_method") ?? ""
    guard let found = known.first(where: { $0.1.method == name }) else {
      throw origin.malformed(
        "mergekit's method '\(name)' is not one of weft's", at: object["merge_method"]?.position,
        advice: NearestName.advice(name, among: known.map(\.1.method)))
    }
    return found
  }

  private func output(_ object: RecipeObject) throws(RecipeProblem) -> RecipeOutput {
    var output = RecipeOutput(from: RecipeReference(Self.stepName))
    let key = object["out_dtype"] == nil ? "dtype" : "out_dtype"
    guard let word = try object.word(key, of: Self.dtypes.keys.sorted()) else { return output }
    output.dtype = RecipeOutput.dtypes.first { $0.word == Self.dtypes[word] }?.dtype
    return output
  }

  // MARK: Models

  /// Reads `models`: the base may be among them, where it has no part in differences and is A of a slerp.
  private func readModels(
    _ object: RecipeObject, base: RecipeReference?, shared: RecipeObject?,
    _ parameters: MergekitParameters, into step: inout MergeStep
  ) throws(RecipeProblem) {
    let nodes = try object.list("models") ?? []
    guard nodes.count <= RecipeReader.maximumCount else {
      throw origin.malformed(
        "there are \(nodes.count) models", at: object["models"]?.position,
        advice: "give at most \(RecipeReader.maximumCount)")
    }
    for node in nodes {
      let row = try RecipeObject(
        node, "a model of mergekit", keys: ["model", "parameters"], origin: origin)
      guard let model = row["model"] else { throw row.missing("model", advice: "give a path") }
      let reference = try reference(model, "a model of mergekit")
      if parameters.method.needsBase, reference == base { continue }
      let own = try row["parameters"].map { node throws(RecipeProblem) in
        try RecipeObject(node, "'parameters' of '\(reference.name)'", origin: origin)
      }
      step.inputs.append(try parameters.input(reference, own: own, shared: shared))
    }
    guard parameters.method.id == "slerp" else { return }
    guard let base else {
      throw object.missing("base_model", advice: "name the model at which t is 0")
    }
    if !step.inputs.contains(where: { $0.reference == base }) {
      step.inputs.append(MergeInput(base))
    }
    step.inputs.sort { left, right in left.reference == base && right.reference != base }
  }

  /// A path; adapters and revisions in the name of a model are refused.
  private func reference(
    _ node: RecipeNode, _ subject: String
  ) throws(RecipeProblem) -> RecipeReference {
    guard let text = node.text, !text.isEmpty else {
      throw origin.wrongValue(subject, node, wanted: "a path")
    }
    guard !text.utf8.contains(UInt8(ascii: "+")), !text.utf8.contains(UInt8(ascii: "@")) else {
      throw origin.malformed(
        "'\(text)' names an adapter (+) or a revision (@)", at: node.position,
        advice: "give the path of a model; fuse adapters with a step of weft's own recipe")
    }
    // A path without a dot or slash would be taken for a name.
    return RecipeReference(RecipeName.isName(text) ? "./" + text : text, at: node.position)
  }
}
