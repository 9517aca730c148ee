package import WeftFiles
package import WeftTensors

/// What decides the form of a written model, whatever made it.
package struct OutputRecipe: Sendable {
  /// The container.
  package var format = ContainerFormat.safetensors
  /// The type of the output's floating-point tensors; nil keeps each tensor's own.
  package var dtype: DType?
  /// The types of single tensors, by their names in the output; they go before `dtype`.
  package var types: [String: DType] = [:]
  /// How the model is quantised; nil for no quantisation.
  package var quantization: QuantizationRecipe?
  /// Whether tensors in forms that are not computed with become their float32 values, whatever the container holds.
  package var decodes = false
  /// The one component that is written, under the names that it has in a file of its own; nil for all.
  package var component: String?
  /// The layout of the output; nil keeps the input's where the container allows it.
  package var layout: String?
  /// A model whose VAE takes the place of the input's.
  package var vaePath: String?
  /// What becomes of the moving averages that training checkpoints hold.
  package var averages = AveragesChoice.keep
  /// Whether tensors that are no part of the model are left out.
  package var isPruned = false
  /// Patterns of tensors that may stay unmatched.
  package var allowedUnmatched: [String] = []
  /// The largest tensor data of a file, in bytes; nil for one file, and for the usual size in a folder.
  package var maximumShardByteCount: Int?
  /// The name that shards start with.
  package var stem = "model"
  /// Whether the parents' SHA-256 are put into the output's recipe.
  package var hashesParents = false

  /// Makes a recipe that keeps everything.
  package init() {}
}

/// What becomes of the moving averages (EMA) of a UNet's weights.
package enum AveragesChoice: String, Sendable {
  /// They stay beside the weights where the layout has a place for them.
  case keep
  /// They are left out.
  case drop
  /// They take the place of the weights.
  case prefer
}
