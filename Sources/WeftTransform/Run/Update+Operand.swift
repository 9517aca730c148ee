import WeftFiles
import WeftKernels
import WeftTensors

extension Update {
  /// Reads the factors of all low-rank terms and prepares them for a block of the output.
  func operand(rows: Int, columns: Int) throws -> LowRankOperand {
    LowRankOperand(rows: rows, columns: columns, factors: try factors())
  }

  /// The factors of all low-rank terms, as they are stored.
  func factors() throws -> [LowRankFactors] {
    try lowRank.map { term in
      LowRankFactors(
        up: try Self.read(term.up), upDType: term.up.info.dtype,
        down: try Self.read(term.down), downDType: term.down.info.dtype,
        rank: term.rank, scale: term.scale, isTransposed: term.isTransposed)
    }
  }

  /// A factor's values, which must be finite: a NaN in a factor would spread over a whole tensor.
  private static func read(_ tensor: Checkpoint.Tensor) throws -> ByteSlice {
    let buffer = ByteBuffer(byteCount: tensor.info.byteCount)
    try tensor.read(at: 0, into: buffer.all)
    guard countNonFinite(buffer.all, dtype: tensor.info.dtype, kernels: .best) == 0 else {
      throw NonFiniteValues(inputs: [tensor.info.name], overflows: [])
    }
    return buffer.all
  }
}
