/// How a kernel goes over a picture.
package struct ConvolutionGeometry: Sendable, Hashable {
  /// The step in both directions.
  package var stride = 1
  /// The zeros around the picture.
  package var padding = Padding(all: 0)

  /// Rows and columns of zeros.
  package struct Padding: Sendable, Hashable {
    /// Rows above.
    package var top: Int
    /// Columns to the left.
    package var left: Int
    /// Rows below.
    package var bottom: Int
    /// Columns to the right.
    package var right: Int

    /// The same on every side.
    package init(all: Int) { (top, left, bottom, right) = (all, all, all, all) }

    /// Different on every side.
    package init(top: Int, left: Int, bottom: Int, right: Int) {
      (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
    }
  }

  /// Makes a geometry.
  package init(stride: Int = 1, padding: Padding = Padding(all: 0)) {
    (self.stride, self.padding) = (stride, padding)
  }

  /// The size that a picture has afterwards; nil for one that is smaller than the kernel.
  package func output(
    height: Int, width: Int, kernel: (height: Int, width: Int)
  ) -> (height: Int, width: Int)? {
    let down = height + padding.top + padding.bottom - kernel.height
    let across = width + padding.left + padding.right - kernel.width
    guard down >= 0, across >= 0, stride > 0 else { return nil }
    return (down / stride + 1, across / stride + 1)
  }
}

/// What comes after a layer while its values are still in the cache, in this order.
package struct Epilogue: Sendable {
  /// Added to every pixel of a channel: `[N, C]`, after a convolution only.
  package var channelBias: Tensor?
  /// A function of every element.
  package var activation: Activation?
  /// Added last, of the result's shape.
  package var residual: Tensor?

  /// Nothing.
  package static let none = Epilogue()

  /// Makes an epilogue.
  package init(
    channelBias: Tensor? = nil, activation: Activation? = nil, residual: Tensor? = nil
  ) {
    (self.channelBias, self.activation, self.residual) = (channelBias, activation, residual)
  }

  /// Whether nothing comes after the layer.
  package var isEmpty: Bool { channelBias == nil && activation == nil && residual == nil }
}

/// A function of one element.
package enum Activation: String, Sendable, CaseIterable {
  /// `x · σ(x)`.
  case silu
  /// `x · Φ(x)` with the error function.
  case gelu
  /// The approximation of gelu by tanh.
  case geluTanh = "gelu_new"
  /// `x · σ(1.702 x)`.
  case quickGELU = "quick_gelu"
  /// `max(0, x)`.
  case relu
  /// `tanh(x)`.
  case tanh
}

/// How pixels between pixels are made.
package enum ResizeFilter: Sendable, Hashable {
  /// The pixel at or before the place.
  case nearest
  /// Two by two pixels; with antialiasing as many as a smaller picture's pixel covers.
  case bilinear(antialias: Bool)
  /// Four by four pixels, a = -0.75 without and -0.5 with antialiasing, as torch has it.
  case bicubic(antialias: Bool)
}

/// How attention is computed.
package struct AttentionOptions: Sendable, Hashable {
  /// The heads, side by side in the channels.
  package var heads: Int
  /// The factor of the scores; nil for one over the root of a head's channels.
  package var scale: Float?
  /// Whether a token sees itself and those before it alone.
  package var isCausal = false

  /// Makes options.
  package init(heads: Int, scale: Float? = nil, isCausal: Bool = false) {
    (self.heads, self.scale, self.isCausal) = (heads, scale, isCausal)
  }
}

/// The weights of a normalisation.
package struct NormParameters: Sendable {
  /// The factors, `[C]`.
  package let weight: Tensor
  /// What is added, `[C]`.
  package let bias: Tensor
  /// What is added to the variance.
  package let epsilon: Float

  /// Makes parameters.
  package init(weight: Tensor, bias: Tensor, epsilon: Float) {
    (self.weight, self.bias, self.epsilon) = (weight, bias, epsilon)
  }
}
