import WeftTensors

/// What a T2I-Adapter needs to know beside its weights.
struct T2IAdapterConfiguration: Sendable {
  /// The side of the squares of pixels that become channels.
  let unshuffleFactor: Int
  /// The channels of the picture.
  let imageChannels: Int
  /// The blocks that halve the size.
  let halvings: Set<Int>

  private static let full = "full_adapter"
  private static let fullXL = "full_adapter_xl"

  /// Reads a `config.json`; what it does not tell follows from the channels that go into the first convolution.
  ///
  /// Adapters of SD1 take squares of 8 by 8 pixels and halve in every block but the first; those of SDXL take squares of 16
  /// by 16 and halve in the third block alone.
  /// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/adapter.py
  init(_ file: NetworkConfiguration, inputs: Int, blocks: Int, path: String) throws {
    let smallest = 8
    let isLarge = inputs % (4 * smallest * smallest) == 0
    unshuffleFactor = try file.count("downscale_factor") ?? (isLarge ? 2 * smallest : smallest)
    let (channels, rest) = inputs.quotientAndRemainder(
      dividingBy: unshuffleFactor * unshuffleFactor)
    guard rest == 0, channels > 0 else {
      throw NetworkError.weight(
        "\(inputs) channels are no squares of \(unshuffleFactor) by \(unshuffleFactor) pixels",
        at: path)
    }
    imageChannels = channels
    try file.require("adapter_type", [Self.full, Self.fullXL])
    let type =
      try file.text("adapter_type") ?? (unshuffleFactor > smallest ? Self.fullXL : Self.full)
    halvings = type == Self.fullXL ? [2] : Set(0..<blocks).subtracting([0])
  }
}
