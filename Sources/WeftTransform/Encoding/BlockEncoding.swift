import WeftKernels
import WeftTensors

/// Encodes values in blocks, by the reference encoder or by one that weighs the errors of columns.
struct BlockEncoding: ValueEncoding {
  private let codec: BlockCodec
  private let weights: ByteSlice?
  private let columns: Int

  /// Makes an encoding; nil for types that weft only decodes.
  ///
  /// - Parameters:
  ///   - dtype: the type.
  ///   - weights: how much the error of each column counts, `[columns]` of float32; nil for the reference.
  ///   - columns: the length of a row, a whole number of blocks.
  init?(_ dtype: DType, weights: ByteSlice? = nil, columns: Int) {
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
    // Without weights blocks do not depend on each other, so any number of them is a row.
    let rowLength = weights == nil ? values.byteCount / 4 : columns
    tally.overflowed += codec.encode(values, weights: weights, columns: rowLength, into: target)
    let beyond = codec.countBeyondGreatest(values)
    if codec.dtype.hasFiniteScales { tally.saturated += beyond } else { tally.overflowed += beyond }
  }

  func decode(_ stored: ByteSlice, first: Int, into values: ByteSlice) {
    codec.decode(stored, into: values)
  }
}

extension DType {
  /// Whether scales that are too small for the values are kept at their greatest, so that values are cut off.
  fileprivate var hasFiniteScales: Bool { self == .nvfp4 }
}
