package import WeftKernels

/// What a prompt tells a UNet.
package struct TextConditioning: Sendable {
  /// The tokens' states, `[1, 77 · chunks, D]`.
  package let context: Tensor
  /// The pooled text of Stable Diffusion XL, `[1, P]`.
  package let pooled: Tensor?

  /// Makes a conditioning.
  package init(context: Tensor, pooled: Tensor?) { (self.context, self.pooled) = (context, pooled) }
}
