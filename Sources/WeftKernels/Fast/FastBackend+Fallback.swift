import WeftTensors

// Temporary: replaced operation by operation.
extension FastBackend {
  func viaReference(_ x: Tensor, _ body: (Tensor) throws -> Tensor) throws -> Tensor {
    try own(body(plain(x)))
  }
  func add(_ x: Tensor, to target: Tensor) throws {
    let sum = try own(fallback.add(plain(target), plain(x), factor: 1))
    target.values.copy(from: sum.values)
  }
  func rounded(_ weight: Tensor) -> Tensor {
    Tensor(
      weight.shape,
      weight.floats.map { value in
        let bits = value.bitPattern
        guard value.isFinite else { return value }
        return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
      })
  }
  package func softmax(_ x: consuming Tensor) throws -> Tensor {
    try viaReference(x) { try fallback.softmax($0) }
  }
  package func groupNorm(
    _ x: consuming Tensor, _ norm: NormParameters, groups: Int, _ activation: Activation?
  ) throws -> Tensor {
    try viaReference(x) { try fallback.groupNorm($0, norm, groups: groups, activation) }
  }
  package func layerNorm(_ x: consuming Tensor, _ norm: NormParameters) throws -> Tensor {
    try viaReference(x) { try fallback.layerNorm($0, norm) }
  }
  package func activate(_ x: consuming Tensor, _ activation: Activation) throws -> Tensor {
    try viaReference(x) { try fallback.activate($0, activation) }
  }
  package func finish(_ x: consuming Tensor, _ epilogue: Epilogue) throws -> Tensor {
    let plainEpilogue = Epilogue(
      channelBias: try epilogue.channelBias.map { try plain($0) }, activation: epilogue.activation,
      residual: try epilogue.residual.map { try plain($0) })
    return try viaReference(x) { try fallback.finish($0, plainEpilogue) }
  }
  package func gate(_ x: Tensor, _ activation: Activation) throws -> Tensor {
    try viaReference(x) { try fallback.gate($0, activation) }
  }
  package func add(_ x: consuming Tensor, _ y: Tensor, factor: Float) throws -> Tensor {
    try viaReference(x) { try fallback.add($0, plain(y), factor: factor) }
  }
  package func scale(_ x: consuming Tensor, by factor: Float) throws -> Tensor {
    try viaReference(x) { try fallback.scale($0, by: factor) }
  }
  package func concatenate(_ parts: [Tensor]) throws -> Tensor {
    try own(fallback.concatenate(parts.map { try plain($0) }))
  }
  package func slice(_ x: Tensor, _ range: Range<Int>) throws -> Tensor {
    try viaReference(x) { try fallback.slice($0, range) }
  }
  package func resize(
    _ x: Tensor, height: Int, width: Int, _ filter: ResizeFilter
  ) throws -> Tensor {
    try viaReference(x) { try fallback.resize($0, height: height, width: width, filter) }
  }
  package func averagePool(_ x: Tensor) throws -> Tensor {
    try viaReference(x) { try fallback.averagePool($0) }
  }
  package func unshuffle(_ x: Tensor, factor: Int) throws -> Tensor {
    try viaReference(x) { try fallback.unshuffle($0, factor: factor) }
  }
  /// Pictures are tokens as they are.
  package func tokens(_ x: Tensor) throws -> Tensor {
    precondition(x.shape.rank == 4)
    return try own(x).seen(as: [x[0], x[2] * x[3], x[1]], .rowMajor)  // [N, H·W, C]
  }
  /// Tokens are pictures as they are.
  package func picture(_ x: Tensor, height: Int, width: Int) throws -> Tensor {
    precondition(x.shape.rank == 3 && x[1] == height * width)
    return try own(x).seen(as: [x[0], x[2], height, width], .channelsLast)  // [N, C, H, W]
  }
}
