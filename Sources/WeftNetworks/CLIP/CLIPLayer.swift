import WeftKernels

/// A layer of an encoder: attention to the tokens themselves, then two layers: `[N, T, C]`.
/// Source: https://github.com/huggingface/transformers/blob/v4.57.1/src/transformers/models/clip/modeling_clip.py
struct CLIPLayer: Sendable {
  private let path: String
  private let norm1, norm2: LayerNormLayer
  private let attention: Attention
  private let feedForward: CLIPFeedForward

  init(_ loader: ModuleLoader, _ configuration: CLIPConfiguration, isCausal: Bool) throws {
    path = loader.path
    norm1 = try LayerNormLayer(loader["layer_norm1"], epsilon: configuration.epsilon)
    attention = try Attention(
      loader["self_attn"], heads: configuration.heads, isCausal: isCausal, names: .transformers)
    norm2 = try LayerNormLayer(loader["layer_norm2"], epsilon: configuration.epsilon)
    feedForward = try CLIPFeedForward(loader["mlp"], configuration.activation)
  }

  /// Runs the layer.
  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let seen = try attention(norm1(x, pass), residual: x, pass)  // [N, T, C]
    let y = try feedForward(norm2(seen, pass), residual: seen, pass)  // [N, T, C]
    return try pass.emit(path, y)
  }
}

/// The two layers after an attention: `[N, T, C]`.
struct CLIPFeedForward: Sendable {
  private let path: String
  private let first, second: LinearLayer
  private let activation: Activation

  init(_ loader: ModuleLoader, _ activation: Activation) throws {
    path = loader.path
    first = try LinearLayer(loader["fc1"])
    second = try LinearLayer(loader["fc2"])
    self.activation = activation
  }

  /// Runs the layers and adds `residual`.
  func callAsFunction(_ x: Tensor, residual: Tensor, _ pass: Pass) throws -> Tensor {
    let wide = try first(x, pass, Epilogue(activation: activation))  // [N, T, F]
    return try second(wide, pass, Epilogue(residual: residual), parent: path)  // [N, T, C]
  }
}
