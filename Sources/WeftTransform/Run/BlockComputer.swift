import WeftFiles
import WeftKernels
import WeftTensors

/// One thread's buffers, and what it does with them; one thread at a time uses it.
final class BlockComputer: @unchecked Sendable {
  /// The size of the tiles, in bytes: input and output of a tile stay in the second-level cache.
  static let tileByteCount = 512 << 10

  private let tileByteCount: Int
  private let input: ByteBuffer
  private let output: ByteBuffer
  private let scratch: ByteBuffer
  private var accumulator: ByteBuffer?
  private var rowBuffer: ByteBuffer?
  private let gatheredByteCount: Int
  private var terms: [ByteBuffer] = []
  /// The buffers of formulas, and how they are computed.
  let workspace: Workspace
  private var kernels: Kernels { workspace.kernels }

  /// Makes a computer; `gatheredByteCount` is the most room that it will need for whole rows.
  init(
    _ workspace: Workspace, tileByteCount: Int = BlockComputer.tileByteCount,
    gatheredByteCount: Int = 0
  ) {
    self.workspace = workspace
    self.gatheredByteCount = gatheredByteCount
    self.tileByteCount = tileByteCount
    input = ByteBuffer(byteCount: tileByteCount)
    output = ByteBuffer(byteCount: tileByteCount)
    scratch = ByteBuffer(byteCount: tileByteCount)
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
    let dtype = tensor.info.dtype
    let step = tileByteCount / dtype.blockByteCount * dtype.blockByteCount
    var offset = range.lowerBound
    while offset < range.upperBound {
      let slice = input[0..<min(step, range.upperBound - offset)]
      try tensor.read(at: offset, into: slice)
      tally.nonFiniteInputs += countNonFinite(slice, dtype)
      try write(slice, offset - range.lowerBound)
      offset += slice.byteCount
    }
  }

  /// The values that are not finite, or the blocks whose scales are not.
  private func countNonFinite(_ slice: ByteSlice, _ dtype: DType) -> Int {
    if let codec = BlockCodec(dtype) { return codec.brokenBlockCount(in: slice) }
    guard dtype.kind == .float, let codec = ByteCodec(dtype) else {
      return kernels.countNonFinite(slice, dtype)
    }
    return workspace.withBuffer(byteCount: slice.byteCount * 4) { values in
      codec.decode(slice, into: values)
      return kernels.countNonFinite(values, .f32)
    }
  }

  /// Computes rows of a block and hands each tile to `write` with its offset in the share, in bytes.
  ///
  /// The meter measures what a cast loses; values that an update changes count as they are rounded.
  func compute(
    _ block: StoredBlock, update: Update?, operand: LowRankOperand?, rows: Range<Int>,
    dtype: DType, tally: inout Tally, meter: LossMeter? = nil,
    write: (ByteSlice, Int) throws -> Void
  ) throws {
    let widest = update.map { $0.dense.isEmpty ? 0 : 8 } ?? 0
    let width = max(block.dtype.byteWidth ?? 1, dtype.byteWidth ?? 1, widest)  // bytes an element
    let tiles = Tile.tiles(
      rows: rows, columns: block.columns, maximumElementCount: tileByteCount / width)
    var offset = 0
    for tile in tiles {
      let slice = output[0..<tile.elementCount * (dtype.byteWidth ?? 1)]
      let base = try readBase(block, tile: tile, update: update, tally: &tally)
      try apply(
        update, operand: operand, to: base, block: block, tile: tile, into: slice, dtype: dtype,
        tally: &tally)
      if update == nil, let base {
        meter?.add(base, block.dtype, cast: slice, dtype)
      } else {
        meter?.add(slice, dtype)
      }
      try write(slice, offset)
      offset += slice.byteCount
    }
  }

  /// The base's own values, or nil when an update replaces them; they are looked at either way.
  private func readBase(
    _ block: StoredBlock, tile: Tile, update: Update?, tally: inout Tally
  ) throws -> ByteSlice? {
    let base = try block.read(tile, into: input.all, scratch: scratch.all)
    guard let update, update.baseCoefficient == 0 else { return base }
    tally.nonFiniteInputs += kernels.countNonFinite(base, block.dtype)
    return nil
  }

  private func apply(
    _ update: Update?, operand: LowRankOperand?, to base: ByteSlice?, block: StoredBlock,
    tile: Tile, into slice: ByteSlice, dtype: DType, tally: inout Tally
  ) throws {
    guard let update else {
      guard let base else { return }
      return kernels.convert(base, block.dtype, into: slice, dtype, tally: &tally)
    }
    if let operand, let base, update.dense.isEmpty {
      return fuse(
        base, block.dtype, operand: operand, tile: tile, into: slice, dtype, tally: &tally)
    }
    let addends = try addends(update, base: base, dtype: block.dtype, tile: tile)
    guard let operand else {
      return kernels.combine(addends, into: slice, dtype, tally: &tally)
    }
    let sum = accumulatorSlice(elementCount: tile.elementCount)
    kernels.combine(addends, into: sum, .f64, tally: &tally)
    fuse(sum, .f64, operand: operand, tile: tile, into: slice, dtype, tally: &tally)
  }

  private func fuse(
    _ base: ByteSlice, _ baseDType: DType, operand: LowRankOperand, tile: Tile,
    into slice: ByteSlice, _ dtype: DType, tally: inout Tally
  ) {
    kernels.fuseLowRank(
      base: base, baseDType, operand: operand, rows: tile.rows, columns: tile.columns,
      into: slice, dtype, tally: &tally)
  }

  /// The base, unless it is replaced, and what is added to it.
  private func addends(
    _ update: Update, base: ByteSlice?, dtype: DType, tile: Tile
  ) throws -> [Addend] {
    while terms.count < update.dense.count { terms.append(ByteBuffer(byteCount: tileByteCount)) }
    var addends: [Addend] = []
    if let base { addends.append(Addend(base, dtype, coefficient: update.baseCoefficient)) }
    for (term, buffer) in zip(update.dense, terms) {
      let values = try term.block.read(tile, into: buffer.all, scratch: scratch.all)
      addends.append(Addend(values, term.block.dtype, coefficient: term.coefficient))
    }
    return addends
  }

  /// Room for whole rows that are put together of parts.
  ///
  /// It has its greatest size from the start: one that grows leaves memory behind that the allocator keeps.
  func gathered(byteCount: Int) -> ByteSlice {
    if let rowBuffer, rowBuffer.byteCount >= byteCount { return rowBuffer[0..<byteCount] }
    rowBuffer = nil
    let buffer = ByteBuffer(byteCount: max(byteCount, gatheredByteCount), isZeroed: false)
    rowBuffer = buffer
    return buffer[0..<byteCount]
  }

  private func accumulatorSlice(elementCount: Int) -> ByteSlice {
    let buffer = accumulator ?? ByteBuffer(byteCount: tileByteCount)
    accumulator = buffer
    return buffer[0..<elementCount * 8]
  }
}
