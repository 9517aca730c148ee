package import WeftFormats

/// Which options hold for a tensor: the first pattern that fits goes before the block, and the block before the step.
extension MergeStep {
  /// The step's options for a tensor.
  ///
  /// `names` are all names by which patterns may call it, such as the file's and the canonical one; `block` is its
  /// block's name, `BASE` outside the UNet. `method` is the step's.
  package func options(
    for names: [String], block: String, method: MergeMethod, presets: [String: [Double]]
  ) -> [String: OptionValue] {
    OptionLayers(values: options, tensors: tensors)
      .resolved(names, block: blocks?.value(block: block, presets: presets), of: method.blockOption)
  }
}

extension MergeInput {
  /// The options of this model for a tensor, as in `MergeStep.options`; blocks set its `weight`.
  package func options(
    for names: [String], block: String, presets: [String: [Double]]
  ) -> [String: OptionValue] {
    OptionLayers(values: options, tensors: tensors)
      .resolved(names, block: blocks?.value(block: block, presets: presets), of: "weight")
  }
}

/// Options and their exceptions.
private struct OptionLayers {
  let values: [String: OptionValue]
  let tensors: [TensorOptions]

  func resolved(_ names: [String], block: Double?, of option: String?) -> [String: OptionValue] {
    var result = values
    if let block, let option { result[option] = .number(block) }
    var decided: Set<String> = []
    for entry in tensors where names.contains(where: Glob(entry.pattern).matches) {
      for (name, value) in entry.options where decided.insert(name).inserted {
        result[name] = value
      }
    }
    return result
  }
}
