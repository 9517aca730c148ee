package import WeftKernels
import WeftTensors

/// A convolution with its bias: `[N, inputs, H, W]` to `[N, outputs, H', W']`.
package struct ConvolutionLayer: Sendable {
  private let layer: WeightedLayer
  private let geometry: ConvolutionGeometry

  /// Loads the layer; without a padding, one that keeps the size at stride 1.
  package init(
    _ loader: ModuleLoader, stride: Int = 1, padding: ConvolutionGeometry.Padding? = nil
  ) throws {
    layer = try loader.weightedLayer(ranks: 4...4)
    let (height, width) = (layer.weight.shape.dimensions[2], layer.weight.shape.dimensions[3])
    geometry = ConvolutionGeometry(
      stride: stride,
      padding: padding
        ?? .init(top: height / 2, left: width / 2, bottom: height / 2, right: width / 2))
  }

  /// The outputs' channels.
  package var outputCount: Int { layer.outputCount }

  /// Runs the layer.
  package func callAsFunction(
    _ x: Tensor, _ pass: Pass, _ epilogue: Epilogue = .none, parent: String? = nil
  ) throws -> Tensor {
    try layer.requireInputs(x[1])
    let kernel = layer.weight.shape.dimensions
    let size = geometry.output(height: x[2], width: x[3], kernel: (kernel[2], kernel[3]))
    guard let size else {
      throw NetworkError.activation(
        "a picture of \(x[2]) by \(x[3]) pixels is too small for this layer", at: layer.path)
    }
    try layer.requireFit(epilogue, [x[0], layer.outputCount, size.height, size.width])
    try pass.show(x, to: layer.path, weight: layer.weight.shape, geometry)
    return try layer.run(pass, epilogue, parent: parent) { weight, epilogue in
      try pass.backend.convolve(x, weight, geometry, epilogue)  // [N, outputs, H', W']
    }
  }
}
