import WeftKernels
package import WeftTensors

/// Computes pieces the second, slower way that `verify` trusts: products by OpenBLAS in float64, other
/// changes by the scalar kernels.
///
/// One thread at a time uses a computer.
package final class ReferenceComputer: @unchecked Sendable {
  private let computer = BlockComputer(Workspace(kernels: .best, allowsNonFinite: true))
  private let scalar = BlockComputer(Workspace(kernels: .scalar, allowsNonFinite: true))
  private let second = BlockComputer(
    Workspace(kernels: .best, isReference: true, allowsNonFinite: true))

  /// Makes a computer for one thread.
  package init() {}

  /// Hands the bytes of every tile of a tensor's piece to `body` with their offset in the tensor.
  package func compute(
    _ piece: Piece, of tensor: PlannedTensor, body: (ByteSlice, Int) throws -> Void
  ) throws {
    if case .scales(let survey, let isWhole) = piece.work {
      return try body(
        survey.bytes(of: try survey.scales(by: computer), isWhole: isWhole), piece.byteOffset)
    }
    guard piece.isComputed else {
      return try compute(piece, dtype: tensor.info.dtype) { try body($0, piece.byteOffset + $1) }
    }
    var encoding = tensor.encoding
    if let survey = encoding?.survey {
      encoding = encoding?.prepared(with: try survey.scales(by: computer))
    }
    let tiles = TileSink(
      tensor, piece, encoding: encoding, first: 0, measuresLoss: false,
      workspace: computer.workspace)
    try compute(piece, dtype: tensor.computedDType) { try tiles.take($0, at: $1, write: body) }
    var outcome = WorkOutcome()
    try tiles.finish(&outcome, write: body)
  }

  /// Hands every tile of a piece to `body` with its offset in the piece, in bytes.
  private func compute(
    _ piece: Piece, dtype: DType, body: (ByteSlice, Int) throws -> Void
  ) throws {
    var tally = Tally()
    switch piece.work {
    case .scales: break
    case .literal(let bytes):
      let buffer = ByteBuffer(byteCount: bytes.count)
      buffer.all.copy(from: bytes)
      try body(buffer.all, 0)
    case .copy(let tensor, let byteOffset):
      try computer.copy(
        tensor, range: byteOffset..<byteOffset + piece.byteCount, tally: &tally, write: body)
    case .compute(let block, let update):
      guard let update, !update.products.isEmpty else {
        let second = update == nil ? computer : scalar
        return try second.compute(
          block, update: update, operand: nil, rows: 0..<block.rows, dtype: dtype, tally: &tally,
          write: body)
      }
      try product(block, update: update, dtype: dtype, body: body)
    case .evaluate(let formula):
      let matrix = try formula.prepare(second.workspace)
      try second.evaluate(
        matrix, grain: formula.rowGrain, rows: 0..<formula.rows, dtype: dtype, tally: &tally,
        write: body)
    }
  }

  /// Base plus products by OpenBLAS; what an update adds or replaces besides is summed first, in float64.
  private func product(
    _ block: StoredBlock, update: Update, dtype: DType, body: (ByteSlice, Int) throws -> Void
  ) throws {
    let reference = try ReferenceFuse(
      rows: block.rows, columns: block.columns, terms: try update.terms(computer.workspace))
    // Whole rows at a time, however long they are.
    let rowByteCount = block.columns * 8
    let tileByteCount = max(BlockComputer.tileByteCount, rowByteCount)
    let sums = BlockComputer(computer.workspace, tileByteCount: tileByteCount)
    let result = ByteBuffer(byteCount: tileByteCount)
    let scratch = ByteBuffer(byteCount: tileByteCount)
    var sumsAlone = update
    sumsAlone.products = []
    var (inputs, results) = (Tally(), Tally())
    try sums.compute(
      block, update: sumsAlone, operand: nil, rows: 0..<block.rows, dtype: .f64, tally: &inputs
    ) { base, offset in
      let first = offset / rowByteCount
      let slice = result.all.prefix(base.byteCount / 8 * (dtype.byteWidth ?? 1))
      reference.fuse(
        base: base, .f64, rows: first..<first + base.byteCount / rowByteCount, into: slice, dtype,
        scratch: scratch.all, tally: &results)
      try body(slice, offset / 8 * (dtype.byteWidth ?? 1))
    }
  }
}
