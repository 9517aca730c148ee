import WeftKernels

/// Three convolutions with a way around them: `[N, C, H, W]` to `[N, C', H, W]`.
///
/// The blocks with the fewest pixels of some models add a branch with a norm before it.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/autoencoders/vae.py and
/// https://github.com/madebyollin/taesd/blob/5cccb12dc72074a4be35680c3b108548a7c69978/taesd.py
struct TinyBlock: Sendable {
  private let path: String
  private let convolutions: [ConvolutionLayer]
  private let shortcut: ConvolutionLayer?
  private let pool: Pool?

  init(_ loader: ModuleLoader) throws {
    path = loader.path
    convolutions = try ["conv.0", "conv.2", "conv.4"].map { try ConvolutionLayer(loader[$0]) }
    shortcut = try loader.has("skip") { try ConvolutionLayer($0) }
    pool =
      loader["pool.0"].shape("weight") == nil ? nil : try Pool(loader["pool"])
  }

  /// Runs the block.
  func callAsFunction(_ input: Tensor, _ pass: Pass) throws -> Tensor {
    let x = try pool?(input, pass) ?? input  // [N, C, H, W]
    let around = try shortcut?(x, pass) ?? x  // [N, C', H, W]
    var h = try convolutions[0](x, pass, Epilogue(activation: .relu))  // [N, C', H, W]
    h = try convolutions[1](consume h, pass, Epilogue(activation: .relu))
    h = try convolutions[2](consume h, pass, Epilogue(residual: around))
    return try pass.emit(path, try pass.backend.activate(consume h, .relu))
  }

  /// Four times the channels, normalised in four groups, and back.
  private struct Pool: Sendable {
    private let widen, narrow: ConvolutionLayer
    private let norm: GroupNormLayer

    init(_ loader: ModuleLoader) throws {
      widen = try ConvolutionLayer(loader["0"])
      norm = try GroupNormLayer(loader["1"], groups: 4, epsilon: 1e-5)
      narrow = try ConvolutionLayer(loader["3"])
    }

    /// Adds the branch's output to its input.
    func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
      let wide = try widen(x, pass)  // [N, 4C, H, W]
      return try narrow(norm(consume wide, pass, .relu), pass, Epilogue(residual: x))
    }
  }
}
