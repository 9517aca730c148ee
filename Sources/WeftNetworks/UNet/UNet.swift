package import WeftKernels
import WeftTensors

/// The network that predicts the noise, or velocity, of a latent: all UNets of Stable Diffusion 1, 2 and XL.
///
/// Depths, widths and the kinds of layers come from the weights.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/unets/unet_2d_condition.py
package struct UNet: Sendable {
  private let encoder: UNetEncoder
  private let decoder: UNetDecoder
  private let normOut: GroupNormLayer
  private let convOut: ConvolutionLayer

  /// Loads the network.
  package init(
    _ source: any WeightSource, _ file: NetworkConfiguration, _ backend: any Backend
  ) throws {
    let loader = ModuleLoader(source, backend)
    let configuration = try UNetConfiguration(file, levels: UNetEncoder.levelCount(loader))
    encoder = try UNetEncoder(loader, configuration)
    decoder = try UNetDecoder(loader, configuration)
    normOut = try GroupNormLayer(
      loader["conv_norm_out"], groups: configuration.groups, epsilon: configuration.epsilon)
    convOut = try ConvolutionLayer(loader["conv_out"])
    guard encoder.skipCount == decoder.skipCount else {
      throw NetworkError.weight(
        "the way down keeps \(encoder.skipCount) outputs, and the way up takes "
          + "\(decoder.skipCount)", at: source.path)
    }
  }

  /// The number of outputs of the way down to which a ControlNet may add.
  package var skipCount: Int { encoder.skipCount }

  /// Predicts: `[N, inputs, H, W]` to `[N, outputs, H, W]`.
  package func callAsFunction(_ inputs: Inputs, _ pass: Pass) throws -> Tensor {
    let time = try encoder.embedding(inputs, pass)  // [N, E]
    var x = try encoder.convIn(inputs.sample, pass)  // [N, C, H, W]
    var skips: [Tensor]
    (x, skips) = try encoder(
      x, time: time, inputs.prompt, features: inputs.features, pass)  // [N, C', h, w]
    try inputs.control?.add(to: &x, &skips, pass)
    x = try decoder(x, skips: skips, time: time, inputs.prompt, pass)  // [N, C, H, W]
    x = try normOut(x, pass, .silu)
    return try convOut(x, pass)  // [N, outputs, H, W]
  }
}
