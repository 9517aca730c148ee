/// Checkpoints that become one by a method of `formats/merges/`.
package struct MergeStep: Sendable, Equatable {
  /// The id of the method, such as `weighted-sum`.
  package var method: String
  /// The models that are merged, in the method's order (A, B, C).
  package var inputs: [MergeInput]
  /// The model that differences are measured from, for the methods that need one.
  package var base: RecipeReference?
  /// The method's options, each at its own value or its default; every option of the method is there.
  package var options: [String: OptionValue]
  /// Other values of the method's leading option (`alpha`) in the blocks of the UNet.
  package var blocks: BlockChoice?
  /// Other values of options for the tensors that a pattern fits; the first that fits and names the option decides.
  package var tensors: [TensorOptions]

  /// Makes a step.
  package init(
    method: String, inputs: [MergeInput], base: RecipeReference? = nil,
    options: [String: OptionValue] = [:], blocks: BlockChoice? = nil,
    tensors: [TensorOptions] = []
  ) {
    self.method = method
    self.inputs = inputs
    self.base = base
    self.options = options
    self.blocks = blocks
    self.tensors = tensors
  }
}

/// A model in a merge, with the options that each of the merged models has for itself.
package struct MergeInput: Sendable, Equatable {
  /// The model or step.
  package var reference: RecipeReference
  /// The options of this input (`weight`, `density`); every such option of the method is there.
  package var options: [String: OptionValue]
  /// Other values of `weight` in the blocks of the UNet.
  package var blocks: BlockChoice?
  /// Other values for the tensors that a pattern fits; the first that fits and names the option decides.
  package var tensors: [TensorOptions]

  /// Makes an input.
  package init(
    _ reference: RecipeReference, options: [String: OptionValue] = [:],
    blocks: BlockChoice? = nil, tensors: [TensorOptions] = []
  ) {
    self.reference = reference
    self.options = options
    self.blocks = blocks
    self.tensors = tensors
  }
}

/// Options with other values for some tensors.
package struct TensorOptions: Sendable, Equatable {
  /// The pattern of names as models spell them (in a folder of components after the component's name and a slash);
  /// `*` stands for any text.
  package var pattern: String
  /// The options that differ.
  package var options: [String: OptionValue]

  /// Makes an entry.
  package init(pattern: String, options: [String: OptionValue]) {
    self.pattern = pattern
    self.options = options
  }
}
