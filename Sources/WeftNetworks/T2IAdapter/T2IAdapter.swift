package import WeftKernels
import WeftTensors

/// A network that looks at a picture once and says what a UNet should add to each level.
///
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/adapter.py
package struct T2IAdapter: Sendable {
  private let convIn: ConvolutionLayer
  private let blocks: [T2IAdapterBlock]
  private let configuration: T2IAdapterConfiguration

  /// Loads the adapter.
  ///
  /// - Throws: `NetworkError` when tensors are missing, or for the light kind of adapter, which has another structure.
  package init(
    _ source: any WeightSource, _ file: NetworkConfiguration, _ backend: any Backend
  ) throws {
    let loader = ModuleLoader(source, backend)["adapter"]
    let count = loader.count("body", leaf: "resnets.0.block1.weight")
    guard let inputs = loader["conv_in"].shape("weight"), inputs.rank == 4, count > 0 else {
      throw NetworkError.weight(
        "this is no full T2I-Adapter: there is no first convolution; the light kind is not known",
        at: source.path)
    }
    convIn = try ConvolutionLayer(loader["conv_in"])
    let configuration = try T2IAdapterConfiguration(
      file, inputs: inputs.dimensions[1], blocks: count, path: source.path)
    self.configuration = configuration
    blocks = try (0..<count).map {
      try T2IAdapterBlock(loader["body.\($0)"], halves: configuration.halvings.contains($0))
    }
  }

  /// The sides of pictures must be multiples of this number.
  package var factor: Int { configuration.unshuffleFactor }

  /// The features for each level of a UNet, the one with the most pixels first: `[N, C, H / factor, W / factor]` and
  /// smaller.
  ///
  /// `image` is `[N, C, H, W]` from 0 to 1; edges and depths have one channel in some adapters.
  package func callAsFunction(_ image: Tensor, _ pass: Pass) throws -> [Tensor] {
    try image.requireMultiple(of: factor, "the image")
    guard image[1] == configuration.imageChannels else {
      throw NetworkError.input(
        "the image has \(image[1]) channels, and the adapter takes \(configuration.imageChannels)",
        advice: "give a picture of \(configuration.imageChannels) channels")
    }
    var x = try pass.backend.unshuffle(image, factor: factor)  // [N, C · f², H / f, W / f]
    x = try convIn(consume x, pass)  // [N, C₀, H / f, W / f]
    return try blocks.map { block in
      x = try block(x, pass)  // [N, Cᵢ, h, w]
      return x
    }
  }
}
