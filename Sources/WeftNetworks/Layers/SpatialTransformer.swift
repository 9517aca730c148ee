package import WeftKernels
import WeftTensors

/// Transformer blocks over the pixels of `[N, C, H, W]`, between two projections.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/transformers/transformer_2d.py
package struct SpatialTransformer: Sendable {
  private let path: String
  private let norm: GroupNormLayer
  private let projections: Projections
  private let blocks: [TransformerBlock]

  /// Loads `depth` blocks.
  package init(_ loader: ModuleLoader, depth: Int, heads: Int, groups: Int) throws {
    path = loader.path
    norm = try GroupNormLayer(loader["norm"], groups: groups, epsilon: 1e-6)
    projections = try Projections(loader)
    blocks = try (0..<depth).map {
      try TransformerBlock(loader["transformer_blocks.\($0)"], heads: heads)
    }
  }

  /// Runs the blocks.
  package func callAsFunction(_ x: Tensor, _ prompt: Conditioning, _ pass: Pass) throws -> Tensor {
    var tokens = try projections.enter(norm(x, pass), pass)  // [N, H·W, C]
    for block in blocks { tokens = try block(tokens, prompt, pass) }
    let y = try projections.leave(tokens, residual: x, pass, at: path)  // [N, C, H, W]
    return try pass.emit(path, y)
  }

  /// The projections before and after the blocks: the same numbers as 1×1 convolutions (SD1) or as linear layers.
  private enum Projections: Sendable {
    case convolutions(ConvolutionLayer, ConvolutionLayer)
    case linear(LinearLayer, LinearLayer)

    init(_ loader: ModuleLoader) throws {
      let (first, last) = (loader["proj_in"], loader["proj_out"])
      if first.shape("weight")?.rank == 4 {
        self = .convolutions(try ConvolutionLayer(first), try ConvolutionLayer(last))
      } else {
        self = .linear(try LinearLayer(first), try LinearLayer(last))
      }
    }

    func enter(_ x: Tensor, _ pass: Pass) throws -> Tensor {
      switch self {
      case .convolutions(let layer, _): try pass.backend.tokens(layer(x, pass))  // [N, H·W, C]
      case .linear(let layer, _): try layer(pass.backend.tokens(x), pass)  // [N, H·W, C]
      }
    }

    func leave(
      _ tokens: Tensor, residual: Tensor, _ pass: Pass, at path: String
    ) throws -> Tensor {
      let (height, width) = (residual[2], residual[3])
      func picture(_ tokens: Tensor) throws -> Tensor {
        guard tokens[1] == height * width else {
          throw NetworkError.activation(
            "\(tokens[1]) tokens are no picture of \(height) by \(width)", at: path)
        }
        return try pass.backend.picture(tokens, height: height, width: width)  // [N, C, H, W]
      }
      switch self {
      case .convolutions(_, let layer):
        return try layer(picture(tokens), pass, Epilogue(residual: residual))
      case .linear(_, let layer):
        return try pass.add(picture(layer(tokens, pass)), residual, at: path)
      }
    }
  }
}
