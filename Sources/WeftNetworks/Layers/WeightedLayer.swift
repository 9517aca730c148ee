import WeftKernels
import WeftTensors

/// The weights of a convolution or linear layer, with what adapters compute beside them.
struct WeightedLayer: Sendable {
  let path: String
  let weight: any PreparedWeight
  let branches: [LayerBranch]

  /// The outputs' channels.
  var outputCount: Int { weight.shape.dimensions[0] }
  /// The inputs' channels.
  var inputCount: Int { weight.shape.dimensions[1] }

  /// Computes the layer by `product`, the adapters' branches beside it, and what comes after it.
  ///
  /// Everything is one operation unless branches are added or somebody looks at the layer's own output; the values are
  /// the same either way. `parent` is a module whose output this layer's is.
  func run(
    _ pass: Pass, _ epilogue: Epilogue, parent: String?,
    product: (any PreparedWeight, Epilogue) throws -> Tensor
  ) throws -> Tensor {
    let isWatched = pass.isWatched(path) || parent.map(pass.isWatched) ?? false
    guard isWatched || !branches.isEmpty else { return try product(weight, epilogue) }
    var y = try product(weight, .none)
    for branch in branches {
      let (delta, factor) = try branch.output(pass, product)
      y = try pass.backend.add(y, delta, factor: factor)
    }
    try pass.emit(path, y)
    if let parent { try pass.emit(parent, y) }
    return epilogue.isEmpty ? y : try pass.backend.finish(y, epilogue)
  }

  /// Refuses what comes after the layer when it does not fit the layer's output.
  func requireFit(_ epilogue: Epilogue, _ output: Shape) throws {
    if let residual = epilogue.residual, residual.shape != output {
      throw NetworkError.activation(
        "the layer gives \(output), to which \(residual.shape) cannot be added", at: path)
    }
    if let bias = epilogue.channelBias,
      bias.elementCount != output.dimensions.prefix(2).reduce(1, *)
    {
      throw NetworkError.activation(
        "the layer gives \(output), to whose channels \(bias.shape) cannot be added", at: path)
    }
  }

  /// Refuses values of another number of channels.
  func requireInputs(_ count: Int) throws {
    guard count == inputCount else {
      throw NetworkError.activation(
        "the layer takes \(inputCount) channels and is given \(count)", at: path)
    }
  }
}

/// What an adapter computes beside a layer.
enum LayerBranch: Sendable {
  /// Down with the layer's own kernel, then up pixel by pixel.
  case lowRank(down: any PreparedWeight, up: any PreparedWeight, scale: Float)
  /// A layer of the same shape.
  case full(any PreparedWeight)

  init(_ values: WeightBranch, _ backend: any Backend) throws {
    func prepared(_ tensor: LooseTensor) throws -> any PreparedWeight {
      try backend.prepare(
        weight: Tensor(shape: tensor.shape, buffer: tensor.buffer), bias: nil, layer: "")
    }
    switch values {
    case .lowRank(let down, let up, let scale):
      // A kernel of one pixel, [outputs, rank, 1, 1], where the layer is a convolution.
      let ones = [Int](repeating: 1, count: down.shape.rank - 2)
      let wide = LooseTensor(
        shape: Shape(up.shape.dimensions.prefix(2) + ones), buffer: up.buffer)
      self = .lowRank(down: try prepared(down), up: try prepared(wide), scale: scale)
    case .full(let delta): self = .full(try prepared(delta))
    }
  }

  /// What is added to the layer's output, and its factor.
  func output(
    _ pass: Pass, _ product: (any PreparedWeight, Epilogue) throws -> Tensor
  ) throws -> (Tensor, Float) {
    switch self {
    case .full(let weight): return (try product(weight, .none), 1)
    case .lowRank(let down, let up, let scale):
      let inner = try product(down, .none)
      let isPicture = down.shape.rank > 2
      let outer =
        isPicture
        ? try pass.backend.convolve(inner, up, ConvolutionGeometry(), .none)
        : try pass.backend.linear(inner, up, .none)
      return (outer, scale)
    }
  }
}
