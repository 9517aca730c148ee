package import WeftKernels

/// The two layers after a transformer's attention, the first one gated: `[N, T, C]`.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/attention.py
package struct FeedForward: Sendable {
  private let path: String
  private let projection, out: LinearLayer

  /// Loads `net.0.proj` and `net.2`.
  package init(_ loader: ModuleLoader) throws {
    path = loader.path
    projection = try LinearLayer(loader["net.0.proj"])
    out = try LinearLayer(loader["net.2"])
    guard projection.outputCount == 2 * out.inputCount else {
      throw NetworkError.weight(
        "the layers of '\(path)' do not fit together", at: loader.source.path)
    }
  }

  /// Runs the layers and adds `residual`.
  package func callAsFunction(_ x: Tensor, residual: Tensor, _ pass: Pass) throws -> Tensor {
    let gated = try pass.emit(
      "\(path).net.0", try projection.gated(x, .gelu, pass))  // [N, T, 4C]
    return try out(gated, pass, Epilogue(residual: residual), parent: path)  // [N, T, C]
  }
}
