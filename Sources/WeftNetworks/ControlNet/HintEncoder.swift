import WeftKernels
import WeftTensors

/// Brings a picture to the size and width of the first latent: `[N, 3, 8H, 8W]` to `[N, C, H, W]`.
///
/// The convolutions with odd numbers, which change the channels, halve the size.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/controlnets/controlnet.py
struct HintEncoder: Sendable {
  private let path: String
  private let layers: [ConvolutionLayer]
  private let last: ConvolutionLayer
  private let halvings: Int

  init(_ loader: ModuleLoader) throws {
    path = loader.path
    let count = loader.count("blocks", leaf: "weight")
    let blocks = try (0..<count).map {
      try ConvolutionLayer(loader["blocks.\($0)"], stride: $0 % 2 == 1 ? 2 : 1)
    }
    layers = [try ConvolutionLayer(loader["conv_in"])] + blocks
    last = try ConvolutionLayer(loader["conv_out"])
    halvings = count / 2
  }

  /// How many pixels of the picture become one of the latent, in each direction.
  var factor: Int { 1 << halvings }

  func callAsFunction(_ picture: Tensor, _ pass: Pass) throws -> Tensor {
    var x = picture
    for layer in layers {
      x = try layer(x, pass, Epilogue(activation: .silu))  // [N, C', H', W'], halved by odd ones
    }
    return try pass.emit(path, try last(x, pass))  // [N, C, H, W]
  }
}
