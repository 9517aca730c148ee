package import WeftKernels
import WeftTensors

/// Normalisation of `[N, C, H, W]` by groups of channels.
package struct GroupNormLayer: Sendable {
  private let path: String
  private let parameters: NormParameters
  private let groups: Int

  /// Loads the layer.
  package init(_ loader: ModuleLoader, groups: Int, epsilon: Float) throws {
    path = loader.path
    self.groups = groups
    parameters = try loader.normParameters(epsilon: epsilon)
    guard groups > 0, parameters.weight.elementCount % groups == 0 else {
      throw NetworkError.weight(
        "'\(path)' has \(parameters.weight.elementCount) channels, which are no \(groups) groups",
        at: loader.source.path)
    }
  }

  /// Normalises, then activates.
  package func callAsFunction(
    _ x: consuming Tensor, _ pass: Pass, _ activation: Activation? = nil
  ) throws -> Tensor {
    try parameters.requireChannels(x[1], at: path)
    guard pass.isWatched(path) else {
      return try pass.backend.groupNorm(consume x, parameters, groups: groups, activation)
    }
    let y = try pass.backend.groupNorm(consume x, parameters, groups: groups, nil)
    try pass.emit(path, y)
    guard let activation else { return y }
    return try pass.backend.activate(consume y, activation)
  }
}

/// Normalisation along the last axis.
package struct LayerNormLayer: Sendable {
  private let path: String
  private let parameters: NormParameters

  /// Loads the layer.
  package init(_ loader: ModuleLoader, epsilon: Float = 1e-5) throws {
    path = loader.path
    parameters = try loader.normParameters(epsilon: epsilon)
  }

  /// Normalises.
  package func callAsFunction(_ x: consuming Tensor, _ pass: Pass) throws -> Tensor {
    try parameters.requireChannels(x[x.shape.rank - 1], at: path)
    return try pass.emit(path, try pass.backend.layerNorm(x, parameters))
  }
}

extension ModuleLoader {
  /// The `weight` and `bias` of a normalisation.
  fileprivate func normParameters(epsilon: Float) throws -> NormParameters {
    let (weight, bias) = (try tensor("weight"), try tensor("bias"))
    guard weight.shape.rank == 1, bias.shape == weight.shape else {
      throw NetworkError.weight(
        "'\(path)' has weights of the shape \(weight.shape) and biases of \(bias.shape)",
        at: source.path)
    }
    return NormParameters(weight: weight, bias: bias, epsilon: epsilon)
  }
}

extension NormParameters {
  /// Refuses values of another number of channels.
  fileprivate func requireChannels(_ count: Int, at path: String) throws {
    guard count == weight.elementCount else {
      throw NetworkError.activation(
        "the norm takes \(weight.elementCount) channels and is given \(count)", at: path)
    }
  }
}
