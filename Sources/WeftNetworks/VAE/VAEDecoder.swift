package import WeftKernels
import WeftTensors

/// The half of an autoencoder that makes pictures of latents: all of Stable Diffusion 1, 2 and XL.
///
/// Widths and the number of levels come from the weights.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/autoencoders/vae.py
package struct VAEDecoder: Sendable {
  private let postQuantConv: ConvolutionLayer?
  private let convIn: ConvolutionLayer
  private let middle: VAEMiddle
  private let levels: [VAELevel]
  private let normOut: GroupNormLayer
  private let convOut: ConvolutionLayer

  /// Loads the decoder.
  ///
  /// - Throws: `NetworkError` when tensors are missing or do not fit.
  package init(
    _ source: any WeightSource, _ file: NetworkConfiguration, _ backend: any Backend
  ) throws {
    let whole = ModuleLoader(source, backend)
    let (loader, configuration) = (whole["decoder"], try VAEConfiguration(file))
    postQuantConv = try whole.has("post_quant_conv") { try ConvolutionLayer($0) }
    convIn = try ConvolutionLayer(loader["conv_in"])
    middle = try VAEMiddle(loader["mid_block"], configuration)
    levels = try (0..<VAELevel.count(loader, "up_blocks")).map {
      try VAELevel(loader["up_blocks.\($0)"], configuration, .up)
    }
    normOut = try GroupNormLayer(
      loader["conv_norm_out"], groups: configuration.groups, epsilon: configuration.epsilon)
    convOut = try ConvolutionLayer(loader["conv_out"])
  }

  /// How many pixels of the picture one of the latent becomes, in each direction.
  package var factor: Int { levels.reduce(1) { $0 * $1.factor } }

  /// Decodes an unscaled latent, `[N, L, h, w]`, to `[N, 3, factor · h, factor · w]` from about -1 to 1.
  package func callAsFunction(_ latent: Tensor, _ pass: Pass) throws -> Tensor {
    try latent.requirePicture("the latent")
    var x = try postQuantConv.map { try $0(latent, pass) } ?? latent  // [N, L, h, w]
    x = try convIn(consume x, pass)  // [N, C', h, w]
    x = try middle(consume x, pass)
    for level in levels { x = try level(consume x, pass) }  // [N, C, H, W]
    x = try normOut(consume x, pass, .silu)
    return try convOut(consume x, pass, parent: "decoder")  // [N, 3, H, W]
  }
}
