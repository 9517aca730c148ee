package import WeftTensors

/// The form of a recipe's result.
package struct RecipeOutput: Sendable, Equatable {
  /// The model or step that is written.
  package var from: RecipeReference
  /// The type of the floating-point tensors; nil keeps each tensor's own.
  package var dtype: DType?
  /// The layout, `ldm` or `diffusers`; nil keeps the first model's.
  package var layout: String?
  /// A model whose VAE takes the place of the result's.
  package var vae: RecipeReference?
  /// What becomes of the moving averages.
  package var averages = RecipeAverages.keep
  /// Whether tensors that are no part of the model are left out.
  package var isPruned = false
  /// Patterns of tensors that may stay unmatched.
  package var allowedUnmatched: [String] = []
  /// How the result is quantised; nil when it is not.
  package var quantization: RecipeQuantization?

  /// The words of `layout`.
  package static let layouts = ["ldm", "diffusers"]
  /// The words of `dtype` and their types.
  package static let dtypes: [(word: String, dtype: DType)] = [
    ("f32", .f32), ("f16", .f16), ("bf16", .bf16),
  ]

  /// Makes an output that keeps everything.
  package init(from: RecipeReference) {
    self.from = from
  }
}
