package import WeftTensors

/// What the networks are computed with: one implementation is the judge, another the quickest.
///
/// Operations take tensors in the backend's own form and give new ones; those that take a tensor as `consuming` write
/// over it when nobody else holds it. Shapes are the caller's business: a backend may trap on those that do not fit,
/// so networks check what they are given. All of them may throw: a library may be missing.
package protocol Backend: AnyObject, Sendable {
  /// The name on the command line.
  var name: String { get }
  /// The memory of the activations.
  var pool: TensorPool { get }

  /// A tensor's values in float32, row after row, for those who look at them.
  func plain(_ x: Tensor) throws -> Tensor

  /// A weight in the form in which `convolve` and `linear` want it.
  ///
  /// The weight is `[outputs, inputs, kernel height, kernel width]` or `[outputs, inputs]`, the bias `[outputs]`; `layer` is
  /// the layer's path, by which a backend may choose how it computes it.
  func prepare(weight: Tensor, bias: Tensor?, layer: String) throws -> any PreparedWeight

  /// A weight whose values are made anew for every use, so that it takes no more memory than its stored form.
  func prepare(
    stored weight: any StoredWeight, bias: Tensor?, layer: String
  ) throws -> any PreparedWeight

  /// Whether `prepare` copies weights, whose memory its caller may then use again.
  var copiesWeights: Bool { get }

  /// The memory that an element of a weight takes that is not stored, in bytes.
  var weightElementByteCount: Int { get }

  /// The memory that an element of an activation takes, in bytes.
  var activationElementByteCount: Int { get }

  /// The memory in which a stored weight of so many elements becomes values, in bytes.
  func expansionByteCount(elementCount: Int) -> Int

  /// Convolution: `[N, inputs, H, W]` to `[N, outputs, H', W']`.
  func convolve(
    _ x: Tensor, _ weight: any PreparedWeight, _ geometry: ConvolutionGeometry,
    _ epilogue: Epilogue
  ) throws -> Tensor

  /// As `gate` of `linear`, of which no more than some rows exist at a time: `[..., inputs]` to `[..., outputs / 2]`.
  func gatedLinear(
    _ x: Tensor, _ weight: any PreparedWeight, _ activation: Activation
  ) throws -> Tensor

  /// A layer's product `x · Wᵀ + b`: `[..., inputs]` to `[..., outputs]`.
  func linear(_ x: Tensor, _ weight: any PreparedWeight, _ epilogue: Epilogue) throws -> Tensor

  /// The product of matrices: `[..., rows, inner]` and `[..., inner, columns]` to `[..., rows, columns]`; the second
  /// is given as `[..., columns, inner]` when it is to be transposed.
  func matmul(_ a: Tensor, _ b: Tensor, transposesSecond: Bool) throws -> Tensor

  /// `softmax(Q · Kᵀ · scale) · V` for each head: `[N, T, C]`, `[N, S, C]`, `[N, S, C]` to `[N, T, C]`, the heads side by
  /// side in C.
  func attention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ options: AttentionOptions
  ) throws -> Tensor

  /// `exp(x - max) / sum` along the last axis.
  func softmax(_ x: consuming Tensor) throws -> Tensor

  /// Normalises `[N, C, H, W]` by groups of channels with biased variance, then activates.
  func groupNorm(
    _ x: consuming Tensor, _ norm: NormParameters, groups: Int, _ activation: Activation?
  ) throws -> Tensor

  /// Normalises along the last axis with biased variance.
  func layerNorm(_ x: consuming Tensor, _ norm: NormParameters) throws -> Tensor

  /// A function of every element.
  func activate(_ x: consuming Tensor, _ activation: Activation) throws -> Tensor

  /// What comes after a layer, as an operation of its own: the values are those of the fused one.
  func finish(_ x: consuming Tensor, _ epilogue: Epilogue) throws -> Tensor

  /// Value times activated gate: `[..., 2C]`, the values first, to `[..., C]`.
  func gate(_ x: Tensor, _ activation: Activation) throws -> Tensor

  /// `x + factor · y` of one shape.
  func add(_ x: consuming Tensor, _ y: Tensor, factor: Float) throws -> Tensor

  /// `factor · x`.
  func scale(_ x: consuming Tensor, by factor: Float) throws -> Tensor

  /// Tensors one after the other along axis 1: channels of pictures, or tokens.
  func concatenate(_ parts: [Tensor]) throws -> Tensor

  /// A range of axis 1: channels of pictures, or tokens.
  func slice(_ x: Tensor, _ range: Range<Int>) throws -> Tensor

  /// `[N, C, H, W]` in another size, as torch's `interpolate` without aligned corners.
  func resize(_ x: Tensor, height: Int, width: Int, _ filter: ResizeFilter) throws -> Tensor

  /// The means of squares of 2 by 2 elements, those at the border of fewer: `[N, C, H, W]` to
  /// `[N, C, ceil(H / 2), ceil(W / 2)]`.
  func averagePool(_ x: Tensor) throws -> Tensor

  /// Squares of pixels become channels: `[N, C, H, W]` to `[N, C · f², H / f, W / f]`.
  func unshuffle(_ x: Tensor, factor: Int) throws -> Tensor

  /// A picture's pixels as tokens, row after row: `[N, C, H, W]` to `[N, H · W, C]`.
  func tokens(_ x: Tensor) throws -> Tensor

  /// The inverse of `tokens`: `[N, H · W, C]` to `[N, C, H, W]`.
  func picture(_ x: Tensor, height: Int, width: Int) throws -> Tensor
}

extension Backend {
  package func gatedLinear(
    _ x: Tensor, _ weight: any PreparedWeight, _ activation: Activation
  ) throws -> Tensor { try gate(linear(x, weight, .none), activation) }
}

/// A weight as its backend keeps it.
package protocol PreparedWeight: AnyObject, Sendable {
  /// `[outputs, inputs, kernel height, kernel width]` or `[outputs, inputs]`.
  var shape: Shape { get }
  /// The memory that it holds, in bytes.
  var byteCount: Int { get }
}
