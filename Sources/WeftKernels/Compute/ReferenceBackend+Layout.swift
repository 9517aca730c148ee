import CKernels
import WeftTensors

/// What moves elements and leaves them as they are.
extension ReferenceBackend {
  /// Tensors one after the other along axis 1.
  package func concatenate(_ parts: [Tensor]) throws -> Tensor {
    guard let first = parts.first else { preconditionFailure("nothing to concatenate") }
    let inner = first.shape.dimensions.dropFirst(2)
    for part in parts {
      precondition(part[0] == first[0] && part.shape.dimensions.dropFirst(2) == inner)
    }
    let result = pool.tensor(
      Shape([first[0], parts.reduce(0) { $0 + $1[1] }] + inner))
    let stride = result.elementCount / max(first[0], 1)
    for outer in 0..<first[0] {
      var offset = outer * stride
      for part in parts {
        let count = part.elementCount / first[0]
        try copy(part, outer * count, into: result, offset, count)
        offset += count
      }
    }
    return result
  }

  /// A range of axis 1.
  package func slice(_ x: Tensor, _ range: Range<Int>) throws -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= x[1])
    let inner = x.shape.dimensions.dropFirst(2)
    let size = inner.reduce(1, *)
    let result = pool.tensor(Shape([x[0], range.count] + inner))
    for outer in 0..<x[0] {
      let source = (outer * x[1] + range.lowerBound) * size
      try copy(x, source, into: result, outer * range.count * size, range.count * size)
    }
    return result
  }

  /// Copies elements that lie side by side, on all threads.
  private func copy(
    _ source: Tensor, _ first: Int, into target: Tensor, _ place: Int, _ count: Int
  ) throws {
    let (from, to) = (
      source.values[first * 4..<(first + count) * 4], target.values[place * 4..<(place + count) * 4]
    )
    try inParts(of: from.byteCount, size: 1 << 20) { part in to[part].copy(from: from[part]) }
  }

  /// A picture's pixels as tokens.
  package func tokens(_ x: Tensor) throws -> Tensor {
    precondition(x.shape.rank == 4)
    return try transposed(x, rows: x[1], columns: x[2] * x[3], to: [x[0], x[2] * x[3], x[1]])
  }

  /// Tokens as a picture's pixels.
  package func picture(_ x: Tensor, height: Int, width: Int) throws -> Tensor {
    precondition(x.shape.rank == 3 && x[1] == height * width)
    return try transposed(x, rows: x[1], columns: x[2], to: [x[0], x[2], height, width])
  }

  /// The transposes of matrices that lie one after the other.
  private func transposed(_ x: Tensor, rows: Int, columns: Int, to shape: Shape) throws -> Tensor {
    let result = pool.tensor(shape)
    let byteCount = rows * columns * Tensor.elementByteCount
    try Parallel.run(threads: threads, count: x[0]) { _, item in
      let part = item * byteCount..<(item + 1) * byteCount
      transpose(
        x.values[part], rows: rows, columns: columns, elementWidth: Tensor.elementByteCount,
        into: result.values[part])
    }
    return result
  }

  /// Squares of pixels become channels.
  package func unshuffle(_ x: Tensor, factor: Int) throws -> Tensor {
    precondition(x.shape.rank == 4 && factor > 0 && x[2] % factor == 0 && x[3] % factor == 0)
    let result = pool.tensor([x[0], x[1] * factor * factor, x[2] / factor, x[3] / factor])
    try inPlanes(of: x, into: result) { weft_unshuffle($0, x[2], x[3], factor, $1) }
    return result
  }

  /// Calls `body` with the planes of a picture and what is to be made of each, on all threads.
  func inPlanes(
    of x: Tensor, into result: Tensor,
    _ body: @Sendable (UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void
  ) throws {
    let planes = x[0] * x[1]
    try Parallel.run(threads: threads, count: planes) { _, plane in
      // In bounds: both tensors are as many planes of equal size.
      withExtendedLifetime(x) {
        body(
          x.start(at: plane * (x.elementCount / planes)),
          result.start(at: plane * (result.elementCount / planes)))
      }
    }
  }
}
