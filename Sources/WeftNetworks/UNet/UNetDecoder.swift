import WeftKernels

/// The half of a UNet that goes up: each resnet takes what the way down kept beside what it has.
struct UNetDecoder: Sendable {
  private let levels: [UNetLevel]
  private let upsamplers: [ConvolutionLayer?]

  init(_ loader: ModuleLoader, _ configuration: UNetConfiguration) throws {
    let blocks = configuration.heads.reversed().enumerated().map { (loader["up_blocks.\($0)"], $1) }
    levels = try blocks.map { try UNetLevel($0, configuration, heads: $1) }
    upsamplers = try blocks.map { block, _ in
      try block.has("upsamplers.0.conv") { try ConvolutionLayer($0) }
    }
  }

  /// The number of outputs of the way down that are taken.
  var skipCount: Int { levels.reduce(0) { $0 + $1.count } }

  /// Runs up: `[N, C, h, w]` of the middle to `[N, C, H, W]` of the latent.
  func callAsFunction(
    _ x: consuming Tensor, skips: consuming [Tensor], time: Tensor, _ prompt: Conditioning,
    _ pass: Pass
  ) throws -> Tensor {
    var x = x
    for (level, upsampler) in zip(levels, upsamplers) {
      for step in 0..<level.count {
        guard let skip = skips.popLast() else {
          throw NetworkError.activation("the way down kept too few outputs", at: level.path)
        }
        guard skip[2] == x[2], skip[3] == x[3] else {
          throw NetworkError.activation(
            "the way down kept \(skip.shape), and here is \(x.shape)", at: level.path)
        }
        x = try pass.backend.concatenate([x, skip])  // [N, C + S, H, W]
        x = try level.step(step, x, time: time, prompt, pass)  // [N, C', H, W]
      }
      if let upsampler {
        // The size of what comes beside it next, which is not twice the size for odd latents.
        let (height, width) = (skips.last?[2] ?? 2 * x[2], skips.last?[3] ?? 2 * x[3])
        x = try pass.backend.resize(x, height: height, width: width, .nearest)  // [N, C, 2H, 2W]
        x = try upsampler(x, pass)
        try pass.emit("\(level.path).upsamplers.0", x)
      }
      try pass.emit(level.path, x)
    }
    return x
  }
}
