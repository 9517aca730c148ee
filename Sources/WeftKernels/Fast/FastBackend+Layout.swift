import CKernels
import WeftTensors

/// What moves elements and leaves them as they are.
extension FastBackend {
  /// Tensors one after the other along axis 1.
  package func concatenate(_ parts: [Tensor]) throws -> Tensor {
    guard let first = parts.first else { preconditionFailure("nothing to concatenate") }
    let inner = first.shape.dimensions.dropFirst(2)
    for part in parts {
      precondition(part[0] == first[0] && part.shape.dimensions.dropFirst(2) == inner)
    }
    let result = room(Shape([first[0], parts.reduce(0) { $0 + $1[1] }] + inner))
    var place = 0
    for part in parts {
      try copyAxis(own(part), 0, into: result, place, part[1])
      place += part[1]
    }
    return result
  }

  /// A range of axis 1.
  package func slice(_ x: Tensor, _ range: Range<Int>) throws -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= x[1])
    let result = room(Shape([x[0], range.count] + x.shape.dimensions.dropFirst(2)))
    try copyAxis(own(x), range.lowerBound, into: result, 0, range.count)
    return result
  }

  /// Copies so many places of axis 1 from one on: pieces of pixels, or of a prompt's tokens.
  private func copyAxis(
    _ source: Tensor, _ first: Int, into target: Tensor, _ place: Int, _ count: Int
  ) throws {
    let (rows, size) = Self.rowsOfAxis(source)
    precondition(first + count <= source[1] && place + count <= target[1])
    precondition(rows == Self.rowsOfAxis(target).rows && source.element == target.element)
    let width = size * source.element.byteCount
    let (from, to) = (source[1] * width, target[1] * width)
    try inRows(of: rows, columns: count * size) { part in
      // In bounds: the places are within both tensors, as compared above.
      withExtendedLifetime((source, target)) {
        weft_copy_rows(
          source.bytes.map { $0 + (part.lowerBound * from + first * width) }, from,
          target.bytes.map { $0 + (part.lowerBound * to + place * width) }, to, part.count,
          count * width)
      }
    }
  }

  /// How often axis 1 lies in memory, and how many elements each of its places has.
  private static func rowsOfAxis(_ x: Tensor) -> (rows: Int, size: Int) {
    let inner = x.shape.dimensions.dropFirst(2).reduce(1, *)
    return x.order == .channelsLast ? (x[0] * inner, 1) : (x[0], inner)
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

  /// Squares of pixels become channels.
  package func unshuffle(_ x: Tensor, factor: Int) throws -> Tensor {
    precondition(x.shape.rank == 4 && factor > 0 && x[2] % factor == 0 && x[3] % factor == 0)
    let x = try own(x)
    let (lines, line) = (x[0] * x[2] / factor, factor * x[3] * x[1])
    // [N, C · f², H / f, W / f]
    let result = room([x[0], x[1] * factor * factor, x[2] / factor, x[3] / factor])
    try inRows(of: lines, columns: line) { part in
      // In bounds: a line of the result has as many elements as `factor` lines of the picture.
      withExtendedLifetime(x) {
        weft_unshuffle_pixels(
          x.bytes(at: part.lowerBound * line), part.count, x[3], x[1], factor,
          x.element.byteCount, result.bytes(at: part.lowerBound * line))
      }
    }
    return result
  }
}
