package import WeftKernels
import WeftTensors

/// The half of an autoencoder that makes latents of pictures: all of Stable Diffusion 1, 2 and XL.
///
/// Widths and the number of levels come from the weights.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/autoencoders/vae.py
package struct VAEEncoder: Sendable {
  private let convIn: ConvolutionLayer
  private let levels: [VAELevel]
  private let middle: VAEMiddle
  private let normOut: GroupNormLayer
  private let convOut: ConvolutionLayer
  private let quantConv: ConvolutionLayer?

  /// Loads the encoder.
  ///
  /// - Throws: `NetworkError` when tensors are missing or do not fit.
  package init(
    _ source: any WeightSource, _ file: NetworkConfiguration, _ backend: any Backend
  ) throws {
    let whole = ModuleLoader(source, backend)
    let (loader, configuration) = (whole["encoder"], try VAEConfiguration(file))
    convIn = try ConvolutionLayer(loader["conv_in"])
    levels = try (0..<VAELevel.count(loader, "down_blocks")).map {
      try VAELevel(loader["down_blocks.\($0)"], configuration, .down)
    }
    middle = try VAEMiddle(loader["mid_block"], configuration)
    normOut = try GroupNormLayer(
      loader["conv_norm_out"], groups: configuration.groups, epsilon: configuration.epsilon)
    convOut = try ConvolutionLayer(loader["conv_out"])
    quantConv = try whole.has("quant_conv") { try ConvolutionLayer($0) }
    guard latentCount > 0, (quantConv?.outputCount ?? convOut.outputCount) == 2 * latentCount
    else {
      throw NetworkError.weight(
        "the encoder gives \(convOut.outputCount) channels, which are no means and variances",
        at: source.path)
    }
  }

  /// The channels of a latent.
  package var latentCount: Int { convOut.outputCount / 2 }

  /// How many pixels of the picture become one of the latent, in each direction.
  package var factor: Int { levels.reduce(1) { $0 * $1.factor } }

  /// Encodes `[N, 3, H, W]` from -1 to 1 to latents of `[N, L, H / factor, W / factor]`.
  ///
  /// - Throws: `NetworkError` when the sizes are no multiples of `factor`.
  package func callAsFunction(_ image: Tensor, _ pass: Pass) throws -> LatentDistribution {
    try image.requireMultiple(of: factor, "the image")
    var x = try convIn(image, pass)  // [N, C, H, W]
    for level in levels { x = try level(consume x, pass) }
    x = try middle(consume x, pass)  // [N, C', h, w]
    x = try normOut(consume x, pass, .silu)
    x = try convOut(consume x, pass, parent: "encoder")  // [N, 2L, h, w]
    if let quantConv { x = try quantConv(consume x, pass) }  // [N, 2L, h, w]
    return LatentDistribution(moments: consume x)
  }
}
