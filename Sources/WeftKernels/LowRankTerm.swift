package import WeftTensors

/// One adapter's pair of factors for a weight.
package struct LowRankTerm: Sendable {
  /// The factor with the output rows, [outputs, rank].
  package let up: ByteSlice
  /// The float type of `up`.
  package let upDType: DType
  /// The factor with the input columns, [rank, inputs].
  package let down: ByteSlice
  /// The float type of `down`.
  package let downDType: DType
  /// The inner dimension.
  package let rank: Int
  /// The strength, with alpha / rank folded in.
  package let scale: Double
  /// Whether up * down is the transpose of what is added, because the base keeps its transpose.
  package let transposed: Bool

  /// Makes a term.
  package init(
    up: ByteSlice, _ upDType: DType, down: ByteSlice, _ downDType: DType, rank: Int,
    scale: Double, transposed: Bool = false
  ) {
    self.up = up
    self.upDType = upDType
    self.down = down
    self.downDType = downDType
    self.rank = rank
    self.scale = scale
    self.transposed = transposed
  }

  /// Stops a caller whose factors do not fit a weight [rows, columns].
  func check(rows: Int, columns: Int) {
    let outputs = transposed ? columns : rows
    let inputs = transposed ? rows : columns
    precondition(rank > 0 && up.elementCount(upDType) == outputs * rank)
    precondition(down.elementCount(downDType) == rank * inputs)
  }
}

extension Kernels {
  /// A slice as float64, in a new buffer.
  func widened(_ slice: ByteSlice, _ dtype: DType) -> ByteBuffer {
    let buffer = ByteBuffer(byteCount: slice.elementCount(dtype) * 8, isZeroed: false)
    widen(slice, dtype, into: buffer.all, .f64)
    return buffer
  }
}
