import WeftTensors

/// Another backend, of whose operations it is measured how long they take.
package final class ProfiledBackend: Backend {
  /// What was measured.
  package let profile = OperationProfile()
  private let base: any Backend

  /// Measures a backend.
  package init(_ base: any Backend) { self.base = base }

  package var name: String { base.name }
  package var pool: TensorPool { base.pool }
  package var copiesWeights: Bool { base.copiesWeights }
  package var weightElementByteCount: Int { base.weightElementByteCount }
  package var activationElementByteCount: Int { base.activationElementByteCount }

  package func expansionByteCount(elementCount: Int) -> Int {
    base.expansionByteCount(elementCount: elementCount)
  }

  package func prepare(
    weight: Tensor, bias: Tensor?, layer: String
  ) throws -> any PreparedWeight {
    try base.prepare(weight: weight, bias: bias, layer: layer)
  }

  package func prepare(
    stored weight: any StoredWeight, bias: Tensor?, layer: String
  ) throws -> any PreparedWeight {
    try base.prepare(stored: weight, bias: bias, layer: layer)
  }

  package func plain(_ x: Tensor) throws -> Tensor {
    try profile.measure("copies") { try base.plain(x) }
  }

  package func convolve(
    _ x: Tensor, _ weight: any PreparedWeight, _ geometry: ConvolutionGeometry,
    _ epilogue: Epilogue
  ) throws -> Tensor {
    let kernel = weight.shape.dimensions
    let size = geometry.output(height: x[2], width: x[3], kernel: (kernel[2], kernel[3]))
    let pixels = x[0] * (size?.height ?? 0) * (size?.width ?? 0)
    return try profile.measure("convolution", operationCount: Self.operations(weight, pixels)) {
      try base.convolve(x, weight, geometry, epilogue)
    }
  }

  package func linear(
    _ x: Tensor, _ weight: any PreparedWeight, _ epilogue: Epilogue
  ) throws -> Tensor {
    try profile.measure("linear", operationCount: Self.operations(weight, Self.rows(of: x))) {
      try base.linear(x, weight, epilogue)
    }
  }

  package func gatedLinear(
    _ x: Tensor, _ weight: any PreparedWeight, _ activation: Activation
  ) throws -> Tensor {
    let count = Self.operations(weight, Self.rows(of: x))
    return try profile.measure("gated linear", operationCount: count) {
      try base.gatedLinear(x, weight, activation)
    }
  }

  package func matmul(_ a: Tensor, _ b: Tensor, transposesSecond: Bool) throws -> Tensor {
    let sizes = b.shape.dimensions.suffix(2)
    let columns = transposesSecond ? sizes.first ?? 0 : sizes.last ?? 0
    let count = 2 * Double(a.elementCount) * Double(columns)
    return try profile.measure("product", operationCount: count) {
      try base.matmul(a, b, transposesSecond: transposesSecond)
    }
  }

  package func attention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ options: AttentionOptions
  ) throws -> Tensor {
    let count = 4 * Double(query.elementCount) * Double(key[1])
    return try profile.measure("attention", operationCount: count) {
      try base.attention(query, key, value, options)
    }
  }

  package func softmax(_ x: consuming Tensor) throws -> Tensor {
    let start = ContinuousClock.now
    let result = try base.softmax(consume x)
    profile.add("softmax", since: start)
    return result
  }

  package func groupNorm(
    _ x: consuming Tensor, _ norm: NormParameters, groups: Int, _ activation: Activation?
  ) throws -> Tensor {
    let start = ContinuousClock.now
    let result = try base.groupNorm(consume x, norm, groups: groups, activation)
    profile.add("group norm", since: start)
    return result
  }

  package func layerNorm(_ x: consuming Tensor, _ norm: NormParameters) throws -> Tensor {
    let start = ContinuousClock.now
    let result = try base.layerNorm(consume x, norm)
    profile.add("layer norm", since: start)
    return result
  }

  package func activate(_ x: consuming Tensor, _ activation: Activation) throws -> Tensor {
    let start = ContinuousClock.now
    let result = try base.activate(consume x, activation)
    profile.add("elements", since: start)
    return result
  }

  package func finish(_ x: consuming Tensor, _ epilogue: Epilogue) throws -> Tensor {
    let start = ContinuousClock.now
    let result = try base.finish(consume x, epilogue)
    profile.add("elements", since: start)
    return result
  }

  package func gate(_ x: Tensor, _ activation: Activation) throws -> Tensor {
    try profile.measure("elements") { try base.gate(x, activation) }
  }

  package func add(_ x: consuming Tensor, _ y: Tensor, factor: Float) throws -> Tensor {
    let start = ContinuousClock.now
    let result = try base.add(consume x, y, factor: factor)
    profile.add("elements", since: start)
    return result
  }

  package func scale(_ x: consuming Tensor, by factor: Float) throws -> Tensor {
    let start = ContinuousClock.now
    let result = try base.scale(consume x, by: factor)
    profile.add("elements", since: start)
    return result
  }

  package func concatenate(_ parts: [Tensor]) throws -> Tensor {
    try profile.measure("copies") { try base.concatenate(parts) }
  }

  package func slice(_ x: Tensor, _ range: Range<Int>) throws -> Tensor {
    try profile.measure("copies") { try base.slice(x, range) }
  }

  package func resize(
    _ x: Tensor, height: Int, width: Int, _ filter: ResizeFilter
  ) throws -> Tensor {
    try profile.measure("resizing") {
      try base.resize(x, height: height, width: width, filter)
    }
  }

  package func averagePool(_ x: Tensor) throws -> Tensor {
    try profile.measure("resizing") { try base.averagePool(x) }
  }

  package func unshuffle(_ x: Tensor, factor: Int) throws -> Tensor {
    try profile.measure("copies") { try base.unshuffle(x, factor: factor) }
  }

  package func tokens(_ x: Tensor) throws -> Tensor {
    try profile.measure("copies") { try base.tokens(x) }
  }

  package func picture(_ x: Tensor, height: Int, width: Int) throws -> Tensor {
    try profile.measure("copies") { try base.picture(x, height: height, width: width) }
  }

  private static func rows(of x: Tensor) -> Int {
    x.elementCount / max(1, x.shape.dimensions.last ?? 1)
  }

  /// Every weight multiplies once in each pixel or row.
  private static func operations(_ weight: any PreparedWeight, _ count: Int) -> Double {
    2 * Double(weight.shape.checkedElementCount ?? 0) * Double(count)
  }
}
