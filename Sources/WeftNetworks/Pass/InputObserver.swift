package import WeftKernels
package import WeftTensors

/// Somebody who looks at what goes into convolutions and linear layers.
package protocol InputObserver: AnyObject, Sendable {
  /// Takes a layer's input before the layer is computed; the values may be overwritten afterwards.
  func observe(_ input: LayerInput) throws
}

/// What goes into a convolution or linear layer.
package struct LayerInput: Sendable {
  /// The layer's path, as diffusers and transformers name it.
  package let path: String
  /// The shape of the layer's weight: `[outputs, inputs, kernel height, kernel width]` or `[outputs, inputs]`.
  package let weight: Shape
  /// How a convolution's kernel goes over the picture; nil for a linear layer.
  package let geometry: ConvolutionGeometry?
  /// The values as a plain tensor, `[N, inputs, H, W]` or `[..., inputs]`.
  package let values: Tensor
}
