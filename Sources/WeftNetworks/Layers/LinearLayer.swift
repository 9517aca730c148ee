package import WeftKernels
import WeftTensors

/// A linear layer: `[..., inputs]` to `[..., outputs]`.
package struct LinearLayer: Sendable {
  private let layer: WeightedLayer

  /// Loads the layer.
  package init(_ loader: ModuleLoader) throws {
    layer = try loader.weightedLayer(ranks: 2...2)
  }

  /// The weight, which is this layer's alone.
  var weight: any PreparedWeight { layer.weight }
  /// The outputs' channels.
  package var outputCount: Int { layer.outputCount }
  /// The inputs' channels.
  package var inputCount: Int { layer.inputCount }

  /// Runs the layer.
  package func callAsFunction(
    _ x: Tensor, _ pass: Pass, _ epilogue: Epilogue = .none, parent: String? = nil
  ) throws -> Tensor {
    try layer.requireInputs(x[x.shape.rank - 1])
    try layer.requireFit(epilogue, Shape(x.shape.dimensions.dropLast() + [layer.outputCount]))
    try pass.show(x, to: layer.path, weight: layer.weight.shape)
    return try layer.run(pass, epilogue, parent: parent) { weight, epilogue in
      try pass.backend.linear(x, weight, epilogue)  // [..., outputs]
    }
  }

  /// Runs the layer, whose outputs are values and then their gates: `[..., inputs]` to `[..., outputs / 2]`.
  func gated(_ x: Tensor, _ activation: Activation, _ pass: Pass) throws -> Tensor {
    guard layer.branches.isEmpty, !pass.isWatched(layer.path) else {
      return try pass.backend.gate(self(x, pass), activation)  // [..., outputs / 2]
    }
    try layer.requireInputs(x[x.shape.rank - 1])
    try pass.show(x, to: layer.path, weight: layer.weight.shape)
    return try pass.backend.gatedLinear(x, layer.weight, activation)  // [..., outputs / 2]
  }
}
