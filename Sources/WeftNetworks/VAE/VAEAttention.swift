import WeftKernels

/// Attention of every pixel to every pixel with one head: `[N, C, H, W]` stays so.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/attention_processor.py
struct VAEAttention: Sendable {
  private let path: String
  private let norm: GroupNormLayer
  private let toQuery, toKey, toValue, toOut: LinearLayer

  init(_ loader: ModuleLoader, _ configuration: VAEConfiguration) throws {
    path = loader.path
    norm = try GroupNormLayer(
      loader["group_norm"], groups: configuration.groups, epsilon: configuration.epsilon)
    toQuery = try LinearLayer(loader["to_q"])
    toKey = try LinearLayer(loader["to_k"])
    toValue = try LinearLayer(loader["to_v"])
    toOut = try LinearLayer(loader["to_out.0"])
    guard
      [toQuery, toKey, toValue].allSatisfy({ $0.outputCount == toOut.inputCount }),
      toOut.outputCount == toQuery.inputCount
    else {
      throw NetworkError.weight(
        "the layers of '\(path)' do not fit together", at: loader.source.path)
    }
  }

  /// Runs the attention and adds its input.
  func callAsFunction(_ x: consuming Tensor, _ pass: Pass) throws -> Tensor {
    let (height, width) = (x[2], x[3])
    let tokens = try pass.backend.tokens(norm(copy x, pass))  // [N, H·W, C]
    let residual = try pass.backend.tokens(consume x)  // [N, H·W, C]
    let mixed = try pass.backend.attention(
      toQuery(tokens, pass), toKey(tokens, pass), toValue(tokens, pass),
      AttentionOptions(heads: 1))  // [N, H·W, C]
    let out = try toOut(mixed, pass, Epilogue(residual: residual))  // [N, H·W, C]
    return try pass.emit(
      path, try pass.backend.picture(out, height: height, width: width))  // [N, C, H, W]
  }
}
