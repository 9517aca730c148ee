package import WeftKernels
import WeftTensors

/// A linear layer: `[..., inputs]` to `[..., outputs]`.
package struct LinearLayer: Sendable {
  private let layer: WeightedLayer

  /// Loads the layer.
  package init(_ loader: ModuleLoader) throws {
    layer = try loader.weightedLayer(ranks: 2...2)
  }

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
}
