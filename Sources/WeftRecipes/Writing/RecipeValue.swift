import WeftFormats
package import WeftTensors

extension MergeRecipe {
  /// The recipe as a value of the same form as its text, with paths where they are known.
  package var textValue: JSONValue { RecipeValue(hasPaths: true).value(self) }

  /// The recipe as a model's metadata holds it: canonical, models and adapters named by their files alone.
  ///
  /// Every model and adapter must have its `files`; paths are left out, since they are of one machine.
  package var metadataValue: JSONValue {
    let value = RecipeValue(hasPaths: false).value(self)
    return JSONValue.object((value.members ?? []) + [.init("operation", .string("merge"))])
      .canonical
  }
}

/// A recipe as a value of the same form as its text.
struct RecipeValue {
  /// Whether paths are told; otherwise files alone stand for models, and their own recipes are kept.
  let hasPaths: Bool

  func value(_ recipe: MergeRecipe) -> JSONValue {
    let models = recipe.models.map { JSONValue.Member($0.name, model($0)) }
    let steps = recipe.steps.map { JSONValue.Member($0.name, step($0)) }
    return .object([
      "version": .integer(RecipeReader.version),
      "models": models.isEmpty ? nil : .object(models),
      "steps": steps.isEmpty ? nil : .object(steps),
      "output": output(recipe.output),
    ])
  }

  // MARK: Files

  private func model(_ model: RecipeModel) -> JSONValue {
    if let path = model.path, hasPaths, model.files.isEmpty, model.averages == nil {
      return .string(path)
    }
    let members =
      source(model.path, model.files)
      + present([
        "ema": model.averages.map { .string($0.rawValue) },
        "recipe": hasPaths ? nil : model.history,
      ])
    return .object(members)
  }

  /// The members that say which files are meant.
  private func source(_ path: String?, _ files: [FileIdentity]) -> [JSONValue.Member] {
    let path = hasPaths ? path.map { [JSONValue.Member("path", .string($0))] } ?? [] : []
    let identities = files.map { file in
      JSONValue.object([
        "sample_sha256": .string(file.sampleSHA256), "bytes": .integer(file.byteCount),
      ])
    }
    // One file of a text is told without a list; metadata has one form for all.
    if hasPaths, identities.count == 1 { return path + (identities[0].members ?? []) }
    return path + (files.isEmpty ? [] : [JSONValue.Member("files", .array(identities))])
  }

  private func present(_ members: KeyValuePairs<String, JSONValue?>) -> [JSONValue.Member] {
    JSONValue.object(members).members ?? []
  }

  // MARK: Steps

  private func step(_ step: RecipeStep) -> JSONValue {
    switch step.action {
    case .merge(let merge): value(merge)
    case .fuse(let fuse): value(fuse)
    }
  }

  private func value(_ step: MergeStep) -> JSONValue {
    .object([
      "merge": .string(step.method),
      "models": .array(step.inputs.map(input)),
      "base": step.base.map { .string($0.name) },
      "options": step.options.isEmpty ? nil : .object(options(step.options)),
      "blocks": step.blocks.map(blocks),
      "tensors": step.tensors.isEmpty ? nil : tensors(step.tensors),
    ])
  }

  private func input(_ input: MergeInput) -> JSONValue {
    guard !input.options.isEmpty || input.blocks != nil || !input.tensors.isEmpty else {
      return .string(input.reference.name)
    }
    return .object(
      [JSONValue.Member("model", .string(input.reference.name))] + options(input.options)
        + present([
          "blocks": input.blocks.map(blocks),
          "tensors": input.tensors.isEmpty ? nil : tensors(input.tensors),
        ]))
  }

  private func options(_ options: [String: OptionValue]) -> [JSONValue.Member] {
    options.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value.json) }
  }

  private func tensors(_ entries: [TensorOptions]) -> JSONValue {
    .array(
      entries.map { entry in
        .object([JSONValue.Member("match", .string(entry.pattern))] + options(entry.options))
      })
  }

  private func blocks(_ blocks: BlockChoice) -> JSONValue {
    switch blocks {
    case .preset(let name): .string(name)
    case .numbers(let numbers): .array(numbers.map(JSONValue.number))
    // The first pattern that fits decides, and an object's order is lost when it is sorted.
    case .patterns(let entries):
      hasPaths
        ? .object(entries.map { JSONValue.Member($0.pattern, .number($0.value)) })
        : .array(entries.map { .object([.init($0.pattern, .number($0.value))]) })
    }
  }

  private func value(_ step: FuseStep) -> JSONValue {
    .object([
      "fuse": .string(step.base.name),
      "adapters": .array(step.adapters.map(adapter)),
      "norm": step.norm == "replace" ? nil : .string(step.norm),
      "norm_base": step.normBase.map { .string($0.name) },
      "tlora_base": step.tloraBase.map { .string($0.name) },
      "alpha_zero": step.alphaZero == "refuse" ? nil : .string(step.alphaZero),
    ])
  }

  private func adapter(_ adapter: RecipeAdapter) -> JSONValue {
    let isEven = adapter.unetScale == adapter.textEncoderScale
    return .object(
      source(adapter.path, adapter.files)
        + present([
          "scale": isEven ? .number(adapter.unetScale) : nil,
          "unet": isEven ? nil : .number(adapter.unetScale),
          "te": isEven ? nil : .number(adapter.textEncoderScale),
          "norm": adapter.normWeight == 1 ? nil : .number(adapter.normWeight),
          "lbw": adapter.blockWeights.map(JSONValue.string),
          "lbw_rest": adapter.blockRest.map(JSONValue.number),
          "lbw_resadapter": adapter.weighsResAdapter ? .bool(true) : nil,
        ]))
  }

  // MARK: Output

  private func output(_ output: RecipeOutput) -> JSONValue {
    let dtype = RecipeOutput.dtypes.first { $0.dtype == output.dtype }?.word
    return .object([
      "from": .string(output.from.name),
      "dtype": dtype.map(JSONValue.string),
      "layout": output.layout.map(JSONValue.string),
      "vae": output.vae.map { .string($0.name) },
      "prune": output.isPruned ? .bool(true) : nil,
      "ema": output.averages == .keep ? nil : .string(output.averages.rawValue),
      "allow_unmatched": output.allowedUnmatched.isEmpty ? nil : .strings(output.allowedUnmatched),
      // Metadata has it beside the recipe.
      "quantization": hasPaths ? output.quantization.map(quantization) : nil,
    ])
  }

  private func quantization(_ quantization: RecipeQuantization) -> JSONValue {
    let isUsual = quantization.encoder == RecipeQuantization.encoders[0]
    let chosen = quantization.chosen.sorted { $0.key < $1.key }
    return .object([
      "type": .string(quantization.type),
      "rules": quantization.rules.isEmpty ? nil : .strings(quantization.rules),
      "encoder": isUsual ? nil : .string(quantization.encoder),
      "policy": quantization.policy.map(JSONValue.string),
      "imatrix": quantization.imatrix.map(JSONValue.string),
      "imatrix_sha256": quantization.imatrixSHA256.map(JSONValue.string),
      "requantize": quantization.requantizes ? .bool(true) : nil,
      "saturate": quantization.saturates ? .bool(true) : nil,
      "chosen": chosen.isEmpty
        ? nil : .object(chosen.map { JSONValue.Member($0.key, .string($0.value)) }),
    ])
  }
}

extension OptionValue {
  /// The value as JSON.
  var json: JSONValue {
    switch self {
    case .number(let value): .number(value)
    case .integer(let value): .integer(value)
    case .flag(let value): .bool(value)
    case .word(let value): .string(value)
    }
  }
}
