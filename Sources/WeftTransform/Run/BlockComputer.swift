import WeftFiles
import WeftKernels
import WeftTensors

/// One thread's buffers, and what it does with them; one thread at a time uses it.
final class BlockComputer: @unchecked Sendable {
  /// The size of the tiles, in bytes: input and output of a tile stay in the second-level cache.
  static let tileByteCount = 512 << 10

  private let input = ByteBuffer(byteCount: BlockComputer.tileByteCount)
  private let output = ByteBuffer(byteCount: BlockComputer.tileByteCount)
  private let scratch = ByteBuffer(byteCount: BlockComputer.tileByteCount)
  private var accumulator: ByteBuffer?
  private var terms: [ByteBuffer] = []
  private let kernels: Kernels

  init(kernels: Kernels) {
    self.kernels = kernels
  }

  /// The memory that a thread uses, for predictions.
  static func byteCount(denseTermCount: Int) -> Int {
    tileByteCount * (denseTermCount == 0 ? 3 : 4 + denseTermCount)
  }

  /// Copies bytes as they are, counting the values that are not finite.
  func copy(
    _ tensor: Checkpoint.Tensor, range: Range<Int>, tally: inout Tally,
    write: (ByteSlice, Int) throws -> Void
  ) throws {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let slice = input[0..<min(Self.tileByteCount, range.upperBound - offset)]
      try tensor.read(at: offset, into: slice)
      tally.nonFiniteInputs += countNonFinite(slice, dtype: tensor.info.dtype, kernels: kernels)
      try write(slice, offset - range.lowerBound)
      offset += slice.byteCount
    }
  }

  /// Computes rows of a block and hands each tile to `write` with its offset in the share, in bytes.
  func compute(
    _ block: StoredBlock, update: Update?, operand: LowRankOperand?, rows: Range<Int>,
    dtype: DType, tally: inout Tally, write: (ByteSlice, Int) throws -> Void
  ) throws {
    let widest = update.map { $0.dense.isEmpty ? 0 : 8 } ?? 0
    let width = max(block.dtype.byteWidth ?? 1, dtype.byteWidth ?? 1, widest)  // bytes an element
    let tiles = Tile.tiles(
      rows: rows, columns: block.columns, maximumElementCount: Self.tileByteCount / width)
    var offset = 0
    for tile in tiles {
      let slice = output[0..<tile.elementCount * (dtype.byteWidth ?? 1)]
      let base = try readBase(block, tile: tile, update: update)
      try apply(
        update, operand: operand, to: base, block: block, tile: tile, into: slice, dtype: dtype,
        tally: &tally)
      try write(slice, offset)
      offset += slice.byteCount
    }
  }

  /// The base's own values, or nil when an update replaces them.
  private func readBase(
    _ block: StoredBlock, tile: Tile, update: Update?
  ) throws -> ByteSlice? {
    if let update, update.baseCoefficient == 0 { return nil }
    return try block.read(tile, into: input, scratch: scratch)
  }

  private func apply(
    _ update: Update?, operand: LowRankOperand?, to base: ByteSlice?, block: StoredBlock,
    tile: Tile, into slice: ByteSlice, dtype: DType, tally: inout Tally
  ) throws {
    guard let update else {
      guard let base else { return }
      return convert(
        base, from: block.dtype, into: slice, dtype: dtype, tally: &tally, kernels: kernels)
    }
    if let base {
      tally.nonFiniteInputs += countNonFinite(base, dtype: block.dtype, kernels: kernels)
    }
    let terms = try readTerms(update.dense, tile: tile, tally: &tally)
    guard let operand else {
      return combine(
        base: base, baseDType: block.dtype, baseCoefficient: update.baseCoefficient,
        terms: terms, into: slice, dtype: dtype, tally: &tally)
    }
    var source = base
    var sourceDType = block.dtype
    if !terms.isEmpty || base == nil {
      let sum = accumulatorSlice(elementCount: tile.elementCount)
      combine(
        base: base, baseDType: block.dtype, baseCoefficient: update.baseCoefficient,
        terms: terms, into: sum, dtype: .f64, tally: &tally)
      (source, sourceDType) = (sum, .f64)
    }
    guard let source else { return }
    fuseLowRank(
      base: source, baseDType: sourceDType, operand: operand, rows: tile.rows,
      columns: tile.columns, into: slice, dtype: dtype, tally: &tally, kernels: kernels)
  }

  private func readTerms(
    _ dense: [DenseTerm], tile: Tile, tally: inout Tally
  ) throws -> [CombineTerm] {
    while terms.count < dense.count { terms.append(ByteBuffer(byteCount: Self.tileByteCount)) }
    var read: [CombineTerm] = []
    for (term, buffer) in zip(dense, terms) {
      let slice = try term.block.read(tile, into: buffer, scratch: scratch)
      tally.nonFiniteInputs += countNonFinite(slice, dtype: term.block.dtype, kernels: kernels)
      read.append(
        CombineTerm(values: slice, dtype: term.block.dtype, coefficient: term.coefficient))
    }
    return read
  }

  private func accumulatorSlice(elementCount: Int) -> ByteSlice {
    let buffer = accumulator ?? ByteBuffer(byteCount: Self.tileByteCount)
    accumulator = buffer
    return buffer[0..<elementCount * 8]
  }
}
