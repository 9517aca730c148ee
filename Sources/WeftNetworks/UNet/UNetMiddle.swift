import WeftKernels

/// The middle of a UNet: a resnet, a transformer, a resnet.
struct UNetMiddle: Sendable {
  private let path: String
  private let first, last: ResnetBlock
  private let attention: SpatialTransformer?

  init(_ loader: ModuleLoader, _ configuration: UNetConfiguration, heads: Int) throws {
    path = loader.path
    func resnet(_ index: Int) throws -> ResnetBlock {
      try ResnetBlock(
        loader["resnets.\(index)"], groups: configuration.groups, epsilon: configuration.epsilon)
    }
    (first, last) = (try resnet(0), try resnet(1))
    let transformer = loader["attentions.0"]
    attention =
      transformer.shape("norm.weight") == nil
      ? nil
      : try SpatialTransformer(
        transformer, depth: transformer.count("transformer_blocks", leaf: "norm1.weight"),
        heads: heads, groups: configuration.groups)
  }

  /// Runs the middle: `[N, C, H, W]` stays so.
  func callAsFunction(
    _ x: consuming Tensor, time: Tensor, _ prompt: Conditioning, _ pass: Pass
  ) throws -> Tensor {
    var h = try first(x, time: time, pass)
    if let attention { h = try attention(h, prompt, pass) }
    return try pass.emit(path, try last(h, time: time, pass))
  }
}
