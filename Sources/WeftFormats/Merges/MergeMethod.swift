/// A way to make one checkpoint of several: what it takes, and the options that it has.
package struct MergeMethod: Sendable, Equatable {
  /// The name in recipes, such as `weighted-sum`.
  package let id: String
  /// What it does, in a few words.
  package let title: String
  /// The formula; A, B, C are the models in order, X each of them.
  package let formula: String
  /// The numbers of models that it takes, the base not counted; nil at the upper end for any number.
  package let leastModelCount: Int
  /// The most models that it takes, or nil for any number.
  package let mostModelCount: Int?
  /// Whether it measures differences from a base.
  package let needsBase: Bool
  /// The options that weights of the models after the first stand for, in order; empty when weights are no shares.
  package let shares: [String]
  /// The option that block weights set, or nil when only the models' own weights can differ by block.
  package let blockOption: String?
  /// The options of the step.
  package let options: [MergeOption]
  /// The options that each model has for itself.
  package let modelOptions: [MergeOption]
  /// How mergekit calls it, or nil.
  package let mergekit: MergekitMethod?

  /// The option of the step with a name, or nil.
  package func option(_ name: String) -> MergeOption? { options.first { $0.name == name } }

  /// The option of each model with a name, or nil.
  package func modelOption(_ name: String) -> MergeOption? {
    modelOptions.first { $0.name == name }
  }
}

/// A method's name and parameters in mergekit.
///
/// Source: https://github.com/arcee-ai/mergekit/blob/a6e4028/mergekit/merge_methods/registry.py
package struct MergekitMethod: Sendable, Equatable {
  /// The value of `merge_method`.
  package let method: String
  /// Our names of parameters that are called otherwise there.
  package let names: [String: String]
  /// Values that mergekit takes where we have another default.
  package let defaults: [String: MergeOption.Value]
  /// Our words for false and true of its flags where we have a choice.
  package let flags: [String: [String]]
  /// Parameters that do nothing there when they have the value.
  package let ignored: [String: MergeOption.Value]
}
