package import WeftKernels

/// Self-attention, attention to the prompt, and two layers: `[N, T, C]`.
package struct TransformerBlock: Sendable {
  private let path: String
  private let norm1, norm2, norm3: LayerNormLayer
  private let attn1, attn2: Attention
  private let feedForward: FeedForward

  /// Loads the block.
  package init(_ loader: ModuleLoader, heads: Int) throws {
    path = loader.path
    norm1 = try LayerNormLayer(loader["norm1"])
    attn1 = try Attention(loader["attn1"], heads: heads)
    norm2 = try LayerNormLayer(loader["norm2"])
    attn2 = try Attention(loader["attn2"], heads: heads)
    norm3 = try LayerNormLayer(loader["norm3"])
    feedForward = try FeedForward(loader["ff"])
  }

  /// Runs the block with the prompt's tokens, `[N, S, D]`.
  package func callAsFunction(_ x: Tensor, _ prompt: Conditioning, _ pass: Pass) throws -> Tensor {
    var x = try attn1(norm1(x, pass), residual: x, pass)
    x = try attn2(
      norm2(x, pass), prompt: prompt, residual: x, pass)
    x = try feedForward(norm3(x, pass), residual: x, pass)
    return try pass.emit(path, x)
  }
}
