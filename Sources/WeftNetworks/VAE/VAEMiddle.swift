import WeftKernels

/// The middle of an autoencoder's half: a resnet, attention, a resnet.
struct VAEMiddle: Sendable {
  private let path: String
  private let first, last: ResnetBlock
  private let attention: VAEAttention?

  init(_ loader: ModuleLoader, _ configuration: VAEConfiguration) throws {
    path = loader.path
    func resnet(_ index: Int) throws -> ResnetBlock {
      try ResnetBlock(
        loader["resnets.\(index)"], groups: configuration.groups, epsilon: configuration.epsilon)
    }
    (first, last) = (try resnet(0), try resnet(1))
    attention =
      loader["attentions.0.to_q"].shape("weight") == nil
      ? nil : try VAEAttention(loader["attentions.0"], configuration)
  }

  /// Runs the middle: `[N, C, H, W]` stays so.
  func callAsFunction(_ x: consuming Tensor, _ pass: Pass) throws -> Tensor {
    var h = try first(consume x, pass)
    if let attention { h = try attention(consume h, pass) }
    return try pass.emit(path, try last(consume h, pass))
  }
}
