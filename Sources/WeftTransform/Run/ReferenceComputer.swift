package import WeftKernels
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

  /// What happened to values that did not fit their types, of everything that was computed so far.
  package private(set) var tally = Tally()

  /// Makes a computer for one thread.
  package init() {}

  /// What makes bytes of a tensor's values, with what a survey of them finds; nil where they are stored as they are.
  package func encoding(of tensor: PlannedTensor) throws -> (any ValueEncoding)? {
    guard let encoding = tensor.encoding, let survey = encoding.survey else {
      return tensor.encoding
    }
    return encoding.prepared(with: try survey.scales(by: computer))
  }

  /// Hands the bytes of every tile of a tensor's piece to `body` with their offset in the tensor.
  ///
  /// - Returns: what encoding lost, when that is measured and the values are encoded.
  @discardableResult
  package func compute(
    _ piece: Piece, of tensor: PlannedTensor, measuresLoss: Bool = false,
    body: (ByteSlice, Int) throws -> Void
  ) throws -> Comparison? {
    if case .scales(let survey, let isWhole) = piece.work {
      try body(
        survey.bytes(of: try survey.scales(by: computer), isWhole: isWhole), piece.byteOffset)
      return nil
    }
    guard piece.isComputed else {
      try compute(piece, dtype: tensor.info.dtype) { try body($0, piece.byteOffset + $1) }
      return nil
    }
    let tiles = TileSink(
      tensor, piece, encoding: try encoding(of: tensor), first: 0, measuresLoss: measuresLoss,
      workspace: computer.workspace)
    try compute(piece, dtype: tensor.computedDType) { try tiles.take($0, at: $1, write: body) }
    var outcome = WorkOutcome()
    try tiles.finish(&outcome, write: body)
    return outcome.loss?.comparison
  }

  /// Hands every tile of a piece to `body` with its offset in the piece, in bytes.
  private func compute(
    _ piece: Piece, dtype: DType, body: (ByteSlice, Int) throws -> Void
  ) throws {
    var tally = Tally()
    defer { self.tally += tally }
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
    defer { tally += results }
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
