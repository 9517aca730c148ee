package import WeftKernels
import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// A copy of a UNet's way down that looks at a picture, too, and says what the UNet should add to its own.
///
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/controlnets/controlnet.py
package struct ControlNet: Sendable {
  private let encoder: UNetEncoder
  private let hint: HintEncoder
  private let outputs: [ConvolutionLayer]
  private let middle: ConvolutionLayer

  /// Loads the network.
  package init(
    _ source: any WeightSource, _ file: NetworkConfiguration, _ backend: any Backend
  ) throws {
    let loader = ModuleLoader(source, backend)
    let configuration = try UNetConfiguration(file, levels: UNetEncoder.levelCount(loader))
    encoder = try UNetEncoder(loader, configuration)
    hint = try HintEncoder(loader["controlnet_cond_embedding"])
    outputs = try (0..<loader.count("controlnet_down_blocks", leaf: "weight")).map {
      try ConvolutionLayer(loader["controlnet_down_blocks.\($0)"])
    }
    middle = try ConvolutionLayer(loader["controlnet_mid_block"])
    guard outputs.count == encoder.skipCount else {
      throw NetworkError.weight(
        "the way down keeps \(encoder.skipCount) outputs, but \(outputs.count) of them have a "
          + "convolution", at: source.path)
    }
  }

  /// How many pixels of the picture become one of the latent, in each direction.
  package var hintFactor: Int { hint.factor }

  /// What the UNet should add, unscaled.
  ///
  /// `picture` is `[N, 3, 8H, 8W]` from 0 to 1 for a latent of `[N, C, H, W]`.
  package func callAsFunction(
    _ inputs: UNet.Inputs, picture: Tensor, _ pass: Pass
  ) throws -> ControlResiduals {
    try require((picture[2], picture[3]), for: inputs.sample)
    return try self(inputs, hint: encoded(picture, pass), pass)
  }

  /// What a picture of `[N, 3, 8H, 8W]` becomes before the latent is looked at, the same in every step: `[N, C, H, W]`.
  package func encoded(_ picture: Tensor, _ pass: Pass) throws -> Tensor {
    try hint(picture, pass)
  }

  /// What the UNet should add, unscaled, for a picture that was `encoded`.
  package func callAsFunction(
    _ inputs: UNet.Inputs, hint: Tensor, _ pass: Pass
  ) throws -> ControlResiduals {
    let factor = self.hint.factor
    try require((hint[2] * factor, hint[3] * factor), for: inputs.sample)
    let time = try encoder.embedding(inputs, pass)  // [N, E]
    var x = try encoder.convIn(inputs.sample, pass)  // [N, C, H, W]
    x = try pass.add(x, hint, at: "controlnet_cond_embedding")
    let (bottom, skips) = try encoder(x, time: time, inputs.prompt, pass)  // [N, C', h, w]
    return ControlResiduals(
      down: try zip(outputs, skips).map { try $0($1, pass) },
      middle: try middle(bottom, pass))
  }

  /// Refuses a picture of another size than the latent's.
  private func require(_ pixels: (height: Int, width: Int), for sample: Tensor) throws {
    let (height, width) = (sample[2] * hint.factor, sample[3] * hint.factor)
    guard pixels != (height, width) else { return }
    throw NetworkError.input(
      "the picture has \(pixels.height) by \(pixels.width) pixels for a latent of "
        + "\(sample[2]) by \(sample[3])",
      advice: "give one of \(height) by \(width)")
  }
}

extension ControlResiduals {
  /// The same residuals with another strength for each, the middle's last.
  package func scaled(by factors: [Float], _ backend: any Backend) throws -> ControlResiduals {
    ControlResiduals(
      down: try zip(down, factors).map { try backend.scale($0, by: $1) },
      middle: try middle.map { try backend.scale($0, by: factors.last ?? 1) })
  }

  /// The same residuals with one strength.
  package func scaled(by factor: Float, _ backend: any Backend) throws -> ControlResiduals {
    try scaled(by: [Float](repeating: factor, count: down.count + 1), backend)
  }

  /// The factors of diffusers' guess mode: from 0.1 for the most pixels to 1 for the middle.
  package static func guessFactors(count: Int) -> [Float] {
    (0..<count).map { Float(pow(10, Double($0 + 1 - count) / Double(max(1, count - 1)))) }
  }
}
