import WeftKernels
import WeftTensors

/// The half of a UNet that goes down, which a ControlNet has, too: from the latent to the middle.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/unets/unet_2d_blocks.py
struct UNetEncoder: Sendable {
  let convIn: ConvolutionLayer
  private let timeEmbedding: TimeEmbedding
  private let addedEmbedding: TimeEmbedding?
  private let levels: [UNetLevel]
  private let downsamplers: [ConvolutionLayer?]
  private let middle: UNetMiddle

  init(_ loader: ModuleLoader, _ configuration: UNetConfiguration) throws {
    convIn = try ConvolutionLayer(loader["conv_in"])
    timeEmbedding = try TimeEmbedding(loader["time_embedding"])
    addedEmbedding =
      loader["add_embedding.linear_1"].shape("weight") == nil
      ? nil : try TimeEmbedding(loader["add_embedding"])
    let blocks = configuration.heads.enumerated().map { (loader["down_blocks.\($0)"], $1) }
    levels = try blocks.map { try UNetLevel($0, configuration, heads: $1) }
    downsamplers = try blocks.map { block, _ in
      try block.has("downsamplers.0.conv") { try ConvolutionLayer($0, stride: 2) }
    }
    middle = try UNetMiddle(
      loader["mid_block"], configuration, heads: configuration.heads.last ?? 1)
  }

  /// The number of levels that a network has.
  static func levelCount(_ loader: ModuleLoader) -> Int {
    loader.count("down_blocks", leaf: "resnets.0.conv1.weight")
  }

  /// The number of outputs that are kept on the way down.
  var skipCount: Int {
    1 + levels.reduce(0) { $0 + $1.count } + downsamplers.count { $0 != nil }
  }

  /// The activated embedding of timesteps, sizes and pooled text: `[N, E]`.
  func embedding(_ inputs: UNet.Inputs, _ pass: Pass) throws -> Tensor {
    let timesteps = SinusoidalEmbedding.tensor(
      inputs.timesteps, width: timeEmbedding.inputCount)  // [N, C]
    var embedding = try timeEmbedding(timesteps, pass)  // [N, E]
    if let addedEmbedding {
      let added = try inputs.addedConditions(width: addedEmbedding.inputCount)  // [N, A]
      embedding = try pass.add(embedding, addedEmbedding(added, pass), at: "add_embedding")
    }
    return try pass.backend.activate(embedding, .silu)
  }

  /// Runs down to the middle, from the latent after `conv_in`, `[N, C, H, W]`.
  ///
  /// `features` are added to the levels' outputs, as a T2I-Adapter gives them. Gives what the way up starts from, and the
  /// outputs that were kept on the way, the last one last.
  func callAsFunction(
    _ x: Tensor, time: Tensor, _ prompt: Conditioning, features: [Tensor] = [], _ pass: Pass
  ) throws -> (middle: Tensor, skips: [Tensor]) {
    var x = x
    var skips = [x]
    for (index, level) in levels.enumerated() {
      let feature = index < features.count ? features[index] : nil
      for step in 0..<level.count {
        x = try level.step(step, x, time: time, prompt, pass)
        if step == level.count - 1, level.hasAttention, let feature {
          x = try added(feature, to: x, at: level.path, pass)
        }
        skips.append(x)
      }
      if let downsampler = downsamplers[index] {
        x = try downsampler(x, pass)  // [N, C, H/2, W/2]
        try pass.emit("\(level.path).downsamplers.0", x)
        skips.append(x)
      }
      // A level without attention takes the feature at its very end, in what is kept, too.
      if !level.hasAttention, let feature {
        x = try added(feature, to: x, at: level.path, pass)
        skips[skips.count - 1] = x
      }
      try pass.emit(level.path, x)
    }
    x = try middle(x, time: time, prompt, pass)
    // SDXL has a level less than its adapters have features.
    for feature in features.dropFirst(levels.count) {
      x = try added(feature, to: x, at: "mid_block", pass)
    }
    return (x, skips)
  }

  private func added(
    _ feature: Tensor, to x: Tensor, at module: String, _ pass: Pass
  ) throws -> Tensor {
    guard feature.shape == x.shape else {
      throw NetworkError.input(
        "the feature for '\(module)' is \(feature.shape), but must be \(x.shape)",
        advice: "use a T2I-Adapter of this architecture and a picture of the image's size")
    }
    return try pass.backend.add(x, feature, factor: 1)
  }
}
