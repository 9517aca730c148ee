import WeftFiles
import WeftKernels
import WeftTensors

extension Update {
  /// Reads the factors of all products and prepares them for a block of the output.
  func operand(rows: Int, columns: Int, allowsNonFinite: Bool) throws -> LowRankOperand {
    LowRankOperand(
      rows: rows, columns: columns, terms: try terms(allowsNonFinite: allowsNonFinite))
  }

  /// The factors of all products, as they are stored.
  func terms(allowsNonFinite: Bool) throws -> [LowRankTerm] {
    func read(_ tensor: Checkpoint.Tensor) throws -> ByteSlice {
      try Self.read(tensor, allowsNonFinite: allowsNonFinite)
    }
    return try products.map { product in
      LowRankTerm(
        up: try read(product.up), product.up.info.dtype,
        down: try read(product.down), product.down.info.dtype,
        rank: product.rank, scale: product.scale, transposed: product.isTransposed)
    }
  }

  /// A factor's values; a NaN in a factor would spread over a whole tensor, so it is refused unless allowed.
  private static func read(
    _ tensor: Checkpoint.Tensor, allowsNonFinite: Bool
  ) throws -> ByteSlice {
    let buffer = ByteBuffer(byteCount: tensor.info.byteCount, isZeroed: false)
    try tensor.read(at: 0, into: buffer.all)
    let count = Kernels.best.countNonFinite(buffer.all, tensor.info.dtype)
    guard count == 0 || allowsNonFinite else {
      throw NonFiniteValues(
        inputs: [tensor.info.name], overflows: [],
        paths: [tensor.info.name: tensor.source.path])
    }
    return buffer.all
  }
}
