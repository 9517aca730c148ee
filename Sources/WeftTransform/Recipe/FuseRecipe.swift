/// Everything that decides the bytes of a fused model.
package struct FuseRecipe: Sendable {
  /// The model that the adapters are fused into.
  package var basePath: String
  /// The adapters, in the order in which they were given.
  package var adapters: [AdapterRequest]
  /// What happens to the norms that a ResAdapter replaces.
  package var normMode = NormMode.replace
  /// The stock model that `NormMode.delta` measures differences from.
  package var normBasePath: String?
  /// The model that T-LoRA adapters were trained on.
  package var tloraBasePath: String?
  /// What an alpha of zero means.
  package var alphaZero = AlphaZero.refused
  /// Whether the output may be the unchanged model, as one variant of a sweep may.
  package var mayBeUnchanged = false
  /// The form of the output.
  package var output = OutputRecipe()

  /// Makes a recipe with every option at its default.
  package init(basePath: String, adapters: [AdapterRequest]) {
    self.basePath = basePath
    self.adapters = adapters
  }
}

/// What happens to the norms that a ResAdapter brings; R is its value, W the model's, B the stock model's.
package enum NormMode: String, Sendable, CaseIterable {
  /// `R`, as the reference does.
  case replace
  /// `W + t (R - W)`.
  case lerp
  /// `W + t (R - B)`, which keeps what a personalised model learned.
  case delta
  /// `W`; the low-rank half alone is fused.
  case skip
}

/// What an alpha of zero means: trainers take it as the rank, some programs as zero.
package enum AlphaZero: String, Sendable, CaseIterable {
  /// The run is refused.
  case refused = "refuse"
  /// The scale is 1.
  case rank
  /// The scale is 0.
  case zero
}
