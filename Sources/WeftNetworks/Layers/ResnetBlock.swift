package import WeftKernels

/// Two convolutions with a way around them: `[N, inputs, H, W]` to `[N, outputs, H, W]`.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/resnet.py
package struct ResnetBlock: Sendable {
  private let path: String
  private let norm1, norm2: GroupNormLayer
  private let conv1, conv2: ConvolutionLayer
  private let timeProjection: LinearLayer?
  private let shortcut: ConvolutionLayer?

  /// Loads the block; blocks of a VAE have no projection of the time.
  package init(_ loader: ModuleLoader, groups: Int, epsilon: Float) throws {
    path = loader.path
    norm1 = try GroupNormLayer(loader["norm1"], groups: groups, epsilon: epsilon)
    conv1 = try ConvolutionLayer(loader["conv1"])
    norm2 = try GroupNormLayer(loader["norm2"], groups: groups, epsilon: epsilon)
    conv2 = try ConvolutionLayer(loader["conv2"])
    timeProjection = try loader.has("time_emb_proj") { try LinearLayer($0) }
    shortcut = try loader.has("conv_shortcut") { try ConvolutionLayer($0) }
  }

  /// Runs the block; `time` is the activated embedding, `[N, E]`.
  package func callAsFunction(
    _ x: consuming Tensor, time: Tensor? = nil, _ pass: Pass
  ) throws -> Tensor {
    // The way around first: then the norm may write over the input, the largest tensor here.
    let around = try shortcut?(x, pass) ?? copy x  // [N, outputs, H, W]
    var h = try norm1(consume x, pass, .silu)
    let bias = try time.flatMap { time in try timeProjection?(time, pass) }  // [N, outputs]
    h = try conv1(consume h, pass, Epilogue(channelBias: bias))  // [N, outputs, H, W]
    h = try norm2(consume h, pass, .silu)
    return try pass.emit(path, try conv2(consume h, pass, Epilogue(residual: around)))
  }
}

extension ModuleLoader {
  /// A part of the module that it may lack.
  func has<Layer>(_ name: String, _ make: (ModuleLoader) throws -> Layer) rethrows -> Layer? {
    self[name].shape("weight") == nil ? nil : try make(self[name])
  }
}
