import WeftKernels

/// One level of a T2I-Adapter: `[N, C, H, W]` to `[N, C', h, w]`.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/adapter.py
struct T2IAdapterBlock: Sendable {
  private let path: String
  private let halves: Bool
  private let convIn: ConvolutionLayer?
  private let resnets: [Resnet]

  /// Loads every resnet that is there.
  init(_ loader: ModuleLoader, halves: Bool) throws {
    path = loader.path
    self.halves = halves
    convIn = try loader.has("in_conv") { try ConvolutionLayer($0) }
    resnets = try (0..<loader.count("resnets", leaf: "block1.weight")).map {
      try Resnet(loader["resnets.\($0)"])
    }
  }

  /// Runs the level.
  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    var h = x
    if halves {
      h = try pass.emit("\(path).downsample", try pass.backend.averagePool(h))  // [N, C, H/2, W/2]
    }
    if let convIn { h = try convIn(consume h, pass) }  // [N, C', h, w]
    for resnet in resnets { h = try resnet(consume h, pass) }
    return try pass.emit(path, h)
  }

  /// Two convolutions whose output is added to their input.
  private struct Resnet: Sendable {
    private let path: String
    private let first, second: ConvolutionLayer

    init(_ loader: ModuleLoader) throws {
      path = loader.path
      first = try ConvolutionLayer(loader["block1"])
      second = try ConvolutionLayer(loader["block2"])
    }

    func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
      let h = try first(x, pass, Epilogue(activation: .relu))  // [N, C, H, W]
      return try pass.emit(path, try second(h, pass, Epilogue(residual: x)))
    }
  }
}
