import WeftFiles
import WeftKernels
import WeftTensors

extension Update {
  /// Reads the factors of all products and prepares them for a block of the output.
  func operand(rows: Int, columns: Int) throws -> LowRankOperand {
    LowRankOperand(rows: rows, columns: columns, terms: try terms())
  }

  /// The factors of all products, as they are stored.
  func terms() throws -> [LowRankTerm] {
    try products.map { product in
      LowRankTerm(
        up: try Self.read(product.up), product.up.info.dtype,
        down: try Self.read(product.down), product.down.info.dtype,
        rank: product.rank, scale: product.scale, transposed: product.isTransposed)
    }
  }

  /// A factor's values, which must be finite: a NaN in a factor would spread over a whole tensor.
  private static func read(_ tensor: Checkpoint.Tensor) throws -> ByteSlice {
    let buffer = ByteBuffer(byteCount: tensor.info.byteCount)
    try tensor.read(at: 0, into: buffer.all)
    guard Kernels.best.countNonFinite(buffer.all, tensor.info.dtype) == 0 else {
      throw NonFiniteValues(inputs: [tensor.info.name], overflows: [])
    }
    return buffer.all
  }
}
