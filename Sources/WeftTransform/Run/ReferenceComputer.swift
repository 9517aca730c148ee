import WeftFiles
import WeftKernels
package import WeftTensors

/// Computes pieces the second, slower way that `verify` trusts: OpenBLAS products in float64 and scalar rounding.
package final class ReferenceComputer {
  /// The size of the tiles, in bytes.
  package static let tileByteCount = 1 << 20

  private let computer = BlockComputer(kernels: .scalar)

  /// Makes a computer for one thread.
  package init() {}

  /// Hands every tile of a piece to `body` with its offset in the piece, in bytes.
  package func compute(
    _ piece: Piece, dtype: DType, into buffer: ByteBuffer,
    body: (ByteSlice, Int) throws -> Void
  ) throws {
    var tally = Tally()
    switch piece.work {
    case .literal(let bytes):
      for start in stride(from: 0, to: bytes.count, by: buffer.byteCount) {
        let part = Array(bytes[start..<min(start + buffer.byteCount, bytes.count)])
        buffer.all.copy(from: part)
        try body(buffer.all.prefix(part.count), start)
      }
    case .copy(let tensor, let byteOffset):
      try computer.copy(
        tensor, range: byteOffset..<byteOffset + piece.byteCount, tally: &tally, write: body)
    case .compute(let block, let update):
      guard let update, !update.lowRank.isEmpty else {
        return try computer.compute(
          block, update: update, operand: nil, rows: 0..<block.rows, dtype: dtype, tally: &tally,
          write: body)
      }
      try product(block, update: update, dtype: dtype, into: buffer, body: body)
    }
  }

  /// Base plus products by OpenBLAS; the base of an update that also adds or replaces is summed first.
  private func product(
    _ block: StoredBlock, update: Update, dtype: DType, into buffer: ByteBuffer,
    body: (ByteSlice, Int) throws -> Void
  ) throws {
    let reference = ReferenceFuse(
      rows: block.rows, columns: block.columns, factors: try update.factors())
    var sums = update
    sums.lowRank = []
    let width = dtype.byteWidth ?? 1
    var tally = Tally()
    try computer.compute(
      block, update: sums, operand: nil, rows: 0..<block.rows, dtype: .f64, tally: &tally
    ) { base, offset in
      let first = offset / 8
      let count = base.byteCount / 8
      let slice = buffer.all.prefix(count * width)
      let rows = first / block.columns..<(first + count + block.columns - 1) / block.columns
      let column = first % block.columns
      let columns =
        rows.count == 1 ? column..<column + count : 0..<block.columns
      reference.fuse(
        base: base, baseDType: .f64, rows: rows, columns: columns, into: slice, dtype: dtype)
      try body(slice, first * width)
    }
  }
}
