import WeftFormats
import WeftTensors

extension PipelineReader {
  /// The containers that are split into files.
  private static let shardedContainers = ["safetensors", "diffusers"]

  /// The form of a step's result.
  func form(_ object: RecipeObject) throws(RecipeProblem) -> PipelineForm {
    var form = PipelineForm()
    form.container = try object.word("to", of: PipelineForm.containers)
    form.dtype = try object.word("dtype", of: ["keep"] + RecipeOutput.dtypes.map(\.word))
    form.layout = try object.word("layout", of: ["keep"] + RecipeOutput.layouts)
    form.vae = try object.text("vae")
    form.averages = try recipes.averages(object)
    form.isPruned = try object.flag("prune")
    form.allowedUnmatched = try object.texts("allow_unmatched")
    form.component = try object.text("component")
    form.maximumShardByteCount = try shardByteCount(object, container: form.container)
    return form
  }

  /// The form of a quantised result.
  func quantized(_ object: RecipeObject) throws(RecipeProblem) -> PipelineForm {
    var form = try form(object)
    let policies = library.quantPolicies.filter { $0.fits("gguf") }
    let quantization = try recipes.quantization(of: object, policy: "for", of: policies.map(\.id))
    if let policy = policies.first(where: { $0.id == quantization.policy }),
      let container = form.container, !policy.fits(container)
    {
      throw origin.refused(
        "'for: \(policy.id)' is for \(policy.containers.joined(separator: ", ")), not \(container)",
        at: object["for"]?.position, advice: "leave it out, or choose another container")
    }
    form.quantization = quantization
    return form
  }

  private func shardByteCount(
    _ object: RecipeObject, container: String?
  ) throws(RecipeProblem) -> Int? {
    guard let node = object["max_shard_size"] else { return nil }
    guard case .scalar(let text, _) = node.kind, let size = ByteCount(text) else {
      throw object.wrongType("max_shard_size", node, wanted: "a size, such as 5GB or 900MiB")
    }
    guard Self.shardedContainers.contains(container ?? Self.shardedContainers[0]) else {
      throw origin.refused(
        "'max_shard_size' is for safetensors files and diffusers folders", at: node.position,
        advice: "leave it out, or choose one of them with 'to'")
    }
    return size.value
  }

  /// The template of an output's path, which stays below the folder of the outputs; nil when the key is absent.
  func template(_ key: String, _ object: RecipeObject) throws(RecipeProblem) -> String? {
    guard let node = object[key] else { return nil }
    let template = try text(node, "'\(key)' of \(object.subject)", wanted: "a path")
    let sample = NameTemplate.Variable.allCases.map { ($0, "x") }
    let path = NameTemplate.text(template, values: Dictionary(uniqueKeysWithValues: sample))
    guard NameTemplate.staysBelow(path) else {
      throw origin.refused(
        "'\(key)' of \(object.subject) is '\(template)', which leads out of the folder of the outputs",
        at: node.position,
        advice:
          "write a path below it, without '..', a slash in front and '\(NameTemplate.stateFolder)'")
    }
    guard key == "save" || template.utf8.last != UInt8(ascii: "/") else {
      throw object.wrongType(key, node, wanted: "a file's path, not a folder's")
    }
    return template
  }
}

extension QuantPolicy {
  /// Whether the policy is for models in a container.
  fileprivate func fits(_ container: String) -> Bool {
    containers.isEmpty || containers.contains(container)
  }
}
