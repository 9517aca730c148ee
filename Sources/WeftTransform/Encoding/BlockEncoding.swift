import WeftKernels
import WeftTensors

/// Encodes values in blocks, by the reference encoder or by one that weighs the errors of columns.
struct BlockEncoding: ValueEncoding {
  private let codec: BlockCodec
  private let weights: RowWeights?
  private let columns: Int

  /// Makes an encoding; nil for types that weft only decodes.
  ///
  /// - Parameters:
  ///   - dtype: the type.
  ///   - weights: how much the error of each element counts; nil for the reference.
  ///   - columns: the length of a row, a whole number of blocks.
  init?(_ dtype: DType, weights: RowWeights? = nil, columns: Int) {
    guard let codec = BlockCodec(dtype), codec.canEncode, columns > 0,
      columns % dtype.blockElementCount == 0
    else { return nil }
    self.codec = codec
    self.weights = weights
    self.columns = columns
  }

  var unit: StorageUnit { StorageUnit(codec.dtype) }

  /// Encoders that weigh errors look at whole rows.
  var grain: Int { weights == nil ? codec.dtype.blockElementCount : columns }

  func encode(_ values: ByteSlice, first: Int, into target: ByteSlice, tally: inout Tally) {
    tally.overflowed += brokenBlockCount(values, first: first, into: target)
    let beyond = codec.countBeyondGreatest(values)
    if codec.dtype.hasFiniteScales { tally.saturated += beyond } else { tally.overflowed += beyond }
  }

  /// Encodes, and gives the number of blocks with a scale that is not finite.
  private func brokenBlockCount(
    _ values: ByteSlice, first: Int, into target: ByteSlice
  ) -> Int {
    guard let weights else {
      // Without weights blocks do not depend on each other, so any number of them is a row.
      return codec.encode(values, weights: nil, columns: values.byteCount / 4, into: target)
    }
    guard weights.differ(betweenRowsOf: columns) else {
      let row = weights.slice(from: 0, count: columns)
      return codec.encode(values, weights: row, columns: columns, into: target)
    }
    let (width, packedWidth) = (columns * 4, unit.byteCount(of: columns))
    return (0..<values.byteCount / width).reduce(0) { sum, row in
      sum
        + codec.encode(
          values[row * width..<(row + 1) * width],
          weights: weights.slice(from: first + row * columns, count: columns), columns: columns,
          into: target[row * packedWidth..<(row + 1) * packedWidth])
    }
  }

  func decode(_ stored: ByteSlice, first: Int, into values: ByteSlice) {
    codec.decode(stored, into: values)
  }
}

extension DType {
  /// Whether scales that are too small for the values are kept at their greatest, so that values are cut off.
  fileprivate var hasFiniteScales: Bool { self == .nvfp4 }
}
