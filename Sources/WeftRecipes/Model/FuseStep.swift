/// Adapters that are fused into a model, as `weft fuse` does.
package struct FuseStep: Sendable, Equatable {
  /// The model or step that the adapters are fused into.
  package var base: RecipeReference
  /// The adapters in order.
  package var adapters: [RecipeAdapter]
  /// What happens to the norms that a ResAdapter brings: `replace`, `lerp`, `delta` or `skip`.
  package var norm = "replace"
  /// The stock model that `delta` measures differences from.
  package var normBase: RecipeReference?
  /// The model that T-LoRA adapters were trained on.
  package var tloraBase: RecipeReference?
  /// What an alpha of zero means: `refuse`, `rank` or `zero`.
  package var alphaZero = "refuse"

  /// The words of `norm`.
  package static let normModes = ["replace", "lerp", "delta", "skip"]
  /// The words of `alphaZero`.
  package static let alphaZeroMeanings = ["refuse", "rank", "zero"]

  /// The models beside the base that the step reads, which are no results of other steps.
  var besides: [RecipeReference] { [normBase, tloraBase].compactMap(\.self) }

  /// Makes a step with every option at its default.
  package init(base: RecipeReference, adapters: [RecipeAdapter]) {
    self.base = base
    self.adapters = adapters
  }
}

/// An adapter, and how strongly each part of the model takes it.
package struct RecipeAdapter: Sendable, Equatable {
  /// The file or folder; nil when the adapter is only known by its files.
  package var path: String?
  /// The files by which the adapter is known, in the order in which weft reads them; empty when any will do.
  package var files: [FileIdentity] = []
  /// The factor of every change to the UNet.
  package var unetScale = 1.0
  /// The factor of every change to the text encoders.
  package var textEncoderScale = 1.0
  /// The weight of a ResAdapter's norms for `lerp` and `delta`.
  package var normWeight = 1.0
  /// Weights of the blocks, as `lbw=` takes them: a preset's name, or numbers split by commas.
  package var blockWeights: String?
  /// The weight of the blocks that `blockWeights` does not name; nil when it was not said.
  package var blockRest: Double?
  /// Whether the block weights hold for a ResAdapter, too.
  package var weighsResAdapter = false
  /// Where the adapter is in the text.
  package var position: SourcePosition?

  /// Makes an adapter at full strength.
  package init(path: String? = nil, files: [FileIdentity] = []) {
    self.path = path
    self.files = files
  }

  /// Whether the adapters are equal, wherever they are in a text.
  package static func == (left: RecipeAdapter, right: RecipeAdapter) -> Bool {
    left.path == right.path && left.files == right.files && left.unetScale == right.unetScale
      && left.textEncoderScale == right.textEncoderScale && left.normWeight == right.normWeight
      && left.blockWeights == right.blockWeights && left.blockRest == right.blockRest
      && left.weighsResAdapter == right.weighsResAdapter
  }
}
