import WeftKernels

/// The resnets of one level, each followed by a transformer where the level has them.
struct UNetLevel: Sendable {
  let path: String
  private let resnets: [ResnetBlock]
  private let attentions: [SpatialTransformer]

  /// Loads every resnet and transformer that is there.
  init(_ loader: ModuleLoader, _ configuration: UNetConfiguration, heads: Int) throws {
    path = loader.path
    resnets = try (0..<loader.count("resnets", leaf: "conv1.weight")).map {
      try ResnetBlock(
        loader["resnets.\($0)"], groups: configuration.groups, epsilon: configuration.epsilon)
    }
    attentions = try (0..<loader.count("attentions", leaf: "norm.weight")).map {
      let attention = loader["attentions.\($0)"]
      return try SpatialTransformer(
        attention, depth: attention.count("transformer_blocks", leaf: "norm1.weight"),
        heads: heads, groups: configuration.groups)
    }
  }

  /// The number of resnets.
  var count: Int { resnets.count }
  /// Whether transformers follow the resnets.
  var hasAttention: Bool { !attentions.isEmpty }

  /// Runs one resnet and its transformer.
  func step(
    _ index: Int, _ x: consuming Tensor, time: Tensor, _ prompt: Conditioning, _ pass: Pass
  ) throws -> Tensor {
    let h = try resnets[index](x, time: time, pass)
    return index < attentions.count ? try attentions[index](h, prompt, pass) : h
  }
}
