package import WeftKernels

/// What a text encoder makes of texts.
package struct TextEncoding: Sendable {
  /// The embeddings, then the output of each layer, before the final norm: `[N, T, C]`.
  ///
  /// Stable Diffusion XL takes the one before the last.
  package let hiddenStates: [Tensor]
  /// The last layer's output after the final norm, `[N, T, C]`, which Stable Diffusion 1 and 2 take.
  package let lastHiddenState: Tensor
  /// The row of `lastHiddenState` where each text ends, `[N, C]`.
  package let pooled: Tensor
  /// The projected `pooled`, `[N, P]`; nil for encoders without a projection.
  package let embeds: Tensor?
}
