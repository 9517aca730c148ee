package import WeftKernels
import WeftTensors

/// Two layers over a sinusoidal embedding: `[N, width]` to `[N, E]`.
package struct TimeEmbedding: Sendable {
  private let path: String
  private let first, second: LinearLayer

  /// Loads `linear_1` and `linear_2`.
  package init(_ loader: ModuleLoader) throws {
    path = loader.path
    first = try LinearLayer(loader["linear_1"])
    second = try LinearLayer(loader["linear_2"])
  }

  /// The width of the sinusoidal embedding.
  package var inputCount: Int { first.inputCount }

  /// Runs the layers.
  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let hidden = try first(x, pass, Epilogue(activation: .silu))  // [N, E]
    return try pass.emit(path, try second(hidden, pass))  // [N, E]
  }
}
