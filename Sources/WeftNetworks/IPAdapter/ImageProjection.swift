import WeftKernels
import WeftTensors

/// A layer that makes tokens of a picture's one vector: `[N, E]` to `[N, tokens, D]`.
/// Source: https://github.com/tencent-ailab/IP-Adapter/blob/62e4af9d0c1ac7d5f8dd386a0ccf2211346af1a2/ip_adapter/ip_adapter.py
struct ImageProjection: Sendable {
  private let projection: LinearLayer
  private let norm: LayerNormLayer
  /// The features of a token.
  let width: Int

  init(_ loader: ModuleLoader) throws {
    projection = try LinearLayer(loader["image_embeds"])
    norm = try LayerNormLayer(loader["norm"])
    width = loader["norm"].shape("weight")?.rowCount ?? 0
    guard width > 0, projection.outputCount % width == 0 else {
      throw NetworkError.weight(
        "'\(loader.path)' makes \(projection.outputCount) numbers, which are no tokens of \(width)",
        at: loader.source.path)
    }
  }

  /// Makes tokens.
  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let numbers = try projection(x, pass)  // [N, tokens · D]
    let tokens = numbers.reshaped([x[0], numbers[1] / width, width])  // [N, tokens, D]
    return try norm(tokens, pass)
  }
}
