package import WeftKernels
import WeftTensors

/// The half of a tiny autoencoder (TAESD) that makes pictures of latents.
///
/// Widths and latent channels come from the weights.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/autoencoders/vae.py
package struct TinyDecoder: Sendable {
  private let layers: TinyLayers
  /// How many pixels of the picture one of the latent becomes, in each direction.
  package let factor: Int
  /// Latents are bent so that they stay between this number and its negative.
  private static let magnitude: Float = 3

  /// Loads the decoder.
  ///
  /// - Throws: `NetworkError` when tensors are missing or the layers are those of another model.
  package init(_ source: any WeightSource, _ backend: any Backend) throws {
    let half = ModuleLoader(source, backend)["decoder"]
    let kinds = TinyLayers.kinds(half)
    guard kinds.count > 2, kinds.first == .convolution, kinds[1] == .weightless else {
      throw NetworkError.weight("these are no layers of TAESD's decoder", at: source.path)
    }
    // An activation comes after the first convolution; whatever else has no weights doubles the size.
    factor = kinds.dropFirst(2).reduce(1) { $1 == .weightless ? 2 * $0 : $0 }
    layers = TinyLayers(
      half,
      try kinds.indices.map { index in
        let layer = half["layers.\(index)"]
        return switch kinds[index] {
        case .block: .block(try TinyBlock(layer))
        case .convolution: .convolution(try ConvolutionLayer(layer))
        case .weightless: index == 1 ? .relu : .upsampling
        }
      })
  }

  /// Decodes a scaled latent, `[N, L, h, w]`, to `[N, 3, factor · h, factor · w]` from about -1 to 1.
  package func callAsFunction(_ latent: Tensor, _ pass: Pass) throws -> Tensor {
    try latent.requirePicture("the latent")
    var x = try pass.backend.scale(latent, by: 1 / Self.magnitude)  // [N, L, h, w]
    x = try pass.backend.activate(consume x, .tanh)
    x = try pass.backend.scale(consume x, by: Self.magnitude)
    x = try layers(consume x, pass)  // [N, 3, H, W], from 0 to 1
    let low = Tensor(x.shape, [Float](repeating: -1, count: x.elementCount))
    return try pass.emit("decoder", try pass.backend.add(consume low, x, factor: 2))
  }
}
