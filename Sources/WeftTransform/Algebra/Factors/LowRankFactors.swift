package import WeftKernels
package import WeftTensors

/// A matrix as a product of two factors, `up · down`, in the type in which they are written.
///
/// The roots of the singular values are in both factors, so that neither has values of another size than the other.
package struct LowRankFactors: Sendable {
  /// The factor with the rows, `[rows, rank]`.
  package let up: ByteBuffer
  /// The factor with the columns, `[rank, columns]`.
  package let down: ByteBuffer
  /// Their type.
  package let dtype: DType
  /// The inner dimension.
  package let rank: Int
  /// The squared singular values that are kept.
  package let energies: [Double]
  /// What happened to values that did not fit the type.
  package let tally: Tally
}

/// What became of a matrix that was to be factored.
package enum Factoring: Sendable {
  /// Every element is zero.
  case zero
  /// Factors would take as much room as the matrix itself.
  case dense(rank: Int)
  /// Two factors.
  case lowRank(LowRankFactors)
}

extension LowRankFactors {
  /// Rounds two factors of any float type to the type in which they are written.
  init(up: Matrix, down: Matrix, energies: [Double], dtype: DType) {
    var tally = Tally()
    self.up = Self.rounded(up, to: dtype, tally: &tally)
    self.down = Self.rounded(down, to: dtype, tally: &tally)
    self.dtype = dtype
    self.energies = energies
    self.tally = tally
    rank = down.rows
  }

  private static func rounded(
    _ matrix: Matrix, to dtype: DType, tally: inout Tally
  ) -> ByteBuffer {
    let buffer = ByteBuffer(
      byteCount: matrix.elementCount * (dtype.byteWidth ?? 1), isZeroed: false)
    Kernels.best.convert(matrix.values, matrix.dtype, into: buffer.all, dtype, tally: &tally)
    return buffer
  }
}
