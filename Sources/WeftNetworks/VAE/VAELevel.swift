import WeftKernels

/// The resnets of one level, and the way to the next level's size.
struct VAELevel: Sendable {
  /// Where the next level has its pixels.
  enum Sampling: Sendable {
    /// Half the height and width.
    case down
    /// Twice the height and width.
    case up

    /// The module's name in a level.
    var module: String { self == .down ? "downsamplers.0" : "upsamplers.0" }
  }

  private let path: String
  private let resnets: [ResnetBlock]
  private let sampling: Sampling
  private let sampler: ConvolutionLayer?

  /// Loads every resnet that is there.
  init(_ loader: ModuleLoader, _ configuration: VAEConfiguration, _ sampling: Sampling) throws {
    path = loader.path
    resnets = try (0..<loader.count("resnets", leaf: "conv1.weight")).map {
      try ResnetBlock(
        loader["resnets.\($0)"], groups: configuration.groups, epsilon: configuration.epsilon)
    }
    self.sampling = sampling
    sampler = try loader.has("\(sampling.module).conv") { layer in
      switch sampling {
      // Zeros to the right and below alone.
      case .down:
        try ConvolutionLayer(
          layer, stride: 2, padding: .init(top: 0, left: 0, bottom: 1, right: 1))
      case .up: try ConvolutionLayer(layer)
      }
    }
  }

  /// The number of levels that a half has.
  static func count(_ half: ModuleLoader, _ name: String) -> Int {
    half.count(name, leaf: "resnets.0.conv1.weight")
  }

  /// The factor between this level's size and the next one's.
  var factor: Int { sampler == nil ? 1 : 2 }

  /// Runs the level: `[N, C, H, W]` to `[N, C', H', W']`.
  func callAsFunction(_ x: consuming Tensor, _ pass: Pass) throws -> Tensor {
    var h = consume x
    for resnet in resnets { h = try resnet(consume h, pass) }  // [N, C', H, W]
    if let sampler {
      if sampling == .up { h = try Self.doubled(consume h, pass) }  // [N, C', 2H, 2W]
      h = try sampler(consume h, pass)  // [N, C', H', W']
      try pass.emit("\(path).\(sampling.module)", h)
    }
    return try pass.emit(path, consume h)
  }

  private static func doubled(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try pass.backend.resize(x, height: 2 * x[2], width: 2 * x[3], .nearest)
  }
}
