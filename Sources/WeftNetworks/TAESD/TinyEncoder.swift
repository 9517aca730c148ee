package import WeftKernels
import WeftTensors

/// The half of a tiny autoencoder (TAESD) that makes latents of pictures.
///
/// Widths and latent channels come from the weights. Latents are scaled: they go into a UNet as they are.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/autoencoders/vae.py
package struct TinyEncoder: Sendable {
  private let layers: TinyLayers
  /// How many pixels of the picture become one of the latent, in each direction.
  package let factor: Int

  /// Loads the encoder.
  ///
  /// - Throws: `NetworkError` when tensors are missing or the layers are those of another model.
  package init(_ source: any WeightSource, _ backend: any Backend) throws {
    let half = ModuleLoader(source, backend)["encoder"]
    let kinds = TinyLayers.kinds(half)
    guard kinds.count > 2, !kinds.contains(.weightless) else {
      throw NetworkError.weight("these are no layers of TAESD's encoder", at: source.path)
    }
    // All convolutions between the first layer and the last halve the size.
    let inner = 1..<kinds.count - 1
    let halvings = inner.filter { kinds[$0] == .convolution }
    factor = halvings.reduce(1) { factor, _ in 2 * factor }
    layers = TinyLayers(
      half,
      try kinds.indices.map { index in
        let layer = half["layers.\(index)"]
        return kinds[index] == .block
          ? .block(try TinyBlock(layer))
          : .convolution(try ConvolutionLayer(layer, stride: inner.contains(index) ? 2 : 1))
      })
  }

  /// Encodes `[N, 3, H, W]` from -1 to 1 to a latent of `[N, L, H / factor, W / factor]`.
  ///
  /// - Throws: `NetworkError` when the sizes are no multiples of `factor`.
  package func callAsFunction(_ image: Tensor, _ pass: Pass) throws -> Tensor {
    try image.requireMultiple(of: factor, "the image")
    // From 0 to 1, as the weights want it.
    let half = Tensor(image.shape, [Float](repeating: 0.5, count: image.elementCount))
    let unit = try pass.backend.add(consume half, image, factor: 0.5)  // [N, 3, H, W]
    return try pass.emit("encoder", try layers(consume unit, pass))  // [N, L, h, w]
  }
}
