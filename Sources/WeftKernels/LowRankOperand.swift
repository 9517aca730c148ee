import CKernels
import WeftTensors

/// The sum of all low-rank updates of one weight, packed for `fuseLowRank`.
///
/// The update is U [rows, rank] times D [rank, columns]: the terms' factors side by side, each term's
/// product times its strength. Memory: 12 bytes an element of U and 4 of D (8 when
/// float32 does not hold D exactly), with the columns rounded up to 16; while it is made, 8 bytes
/// more an element of D and 8 an element of the largest factor.
package final class LowRankOperand: Sendable {
  /// The rows of the weight.
  package let rows: Int
  /// The columns of the weight, the product of all but its first dimension.
  package let columns: Int
  /// The sum of the terms' ranks.
  package let rank: Int

  private let termEnds: ByteBuffer  // Int [terms], the last rank of each term plus one
  private let scales: ByteBuffer  // f64 [terms]
  private let up: ByteBuffer  // f64 [rows, rank]
  private let up32: ByteBuffer  // f32 [rows, rank]
  private let rowBound: ByteBuffer  // f32 [rows]
  private let columnBound: ByteBuffer  // f32 [panels * 16]
  private let down: ByteBuffer  // f32 or f64 [panels, rank, 16]
  private let downIsNarrow: Bool
  private let isFast: Bool

  /// Packs the factors of some terms for a weight [rows, columns].
  package init(rows: Int, columns: Int, terms: [LowRankTerm], kernels: Kernels = .best) {
    for term in terms { term.check(rows: rows, columns: columns) }
    var rank = 0
    let ends = terms.map { term in
      rank += term.rank
      return rank
    }
    let (termEnds, scales) = (Self.buffer(ends), Self.buffer(terms.map(\.scale)))
    (self.termEnds, self.scales) = (termEnds, scales)
    let panelSpan = Self.panelCount(columns) * Int(WEFT_PANEL)
    let up = ByteBuffer(byteCount: rows * rank * 8, isZeroed: false)
    let wide = ByteBuffer(byteCount: panelSpan * rank * 8)
    Self.pack(terms, rows: rows, columns: columns, rank: rank, into: (up, wide), kernels)
    let narrow = ByteBuffer(byteCount: panelSpan * rank * 4, isZeroed: false)
    // In bounds: both panels hold panelSpan * rank elements.
    downIsNarrow = withExtendedLifetime((wide, narrow)) {
      weft_narrow_exactly(
        wide.all.start?.assumingMemoryBound(to: Double.self), panelSpan * rank,
        narrow.all.start?.assumingMemoryBound(to: Float.self))
    }
    (self.rows, self.columns, self.rank, self.up) = (rows, columns, rank, up)
    down = downIsNarrow ? narrow : wide
    let up32 = ByteBuffer(byteCount: rows * rank * 4, isZeroed: false)
    let rowBound = ByteBuffer(byteCount: rows * 4)
    let columnBound = ByteBuffer(byteCount: panelSpan * 4)
    (self.up32, self.rowBound, self.columnBound) = (up32, rowBound, columnBound)
    var parts = Self.parts(rows, columns, rank, up, down, downIsNarrow)
    Self.setTerms(of: &parts, termEnds, scales)
    // In bounds: the buffers have the sizes that the header of the function asks for.
    isFast = withExtendedLifetime((up, wide, narrow, termEnds, scales)) {
      weft_prepare_bounds(
        &parts, up32.all.start?.assumingMemoryBound(to: Float.self),
        rowBound.all.start?.assumingMemoryBound(to: Float.self),
        columnBound.all.start?.assumingMemoryBound(to: Float.self))
    }
  }

  /// The memory that an operand of a size takes at most, in bytes, while it is being made.
  package static func byteCount(rows: Int, columns: Int, rank: Int) -> Int {
    let panelSpan = panelCount(columns) * Int(WEFT_PANEL)
    return rank * (rows * (8 + 4) + panelSpan * (8 + 4)) + (rows + panelSpan) * 4
  }

  /// The memory that is held, in bytes.
  package var byteCount: Int {
    [up, up32, rowBound, columnBound, down].reduce(0) { $0 + $1.byteCount }
  }

  /// Calls a kernel with the packed factors, which are alive until it returns.
  func withKernelOperand<Result>(_ body: (UnsafePointer<weft_low_rank>) -> Result) -> Result {
    var parts = Self.parts(rows, columns, rank, up, down, downIsNarrow)
    Self.setTerms(of: &parts, termEnds, scales)
    if isFast {
      parts.up32 = UnsafePointer(up32.all.start?.assumingMemoryBound(to: Float.self))
      parts.row_bound = UnsafePointer(rowBound.all.start?.assumingMemoryBound(to: Float.self))
      parts.column_bound = UnsafePointer(
        columnBound.all.start?.assumingMemoryBound(to: Float.self))
    }
    return withExtendedLifetime(self) { body(&parts) }
  }

  /// A block of memory with some numbers in it.
  private static func buffer<Number: BitwiseCopyable>(_ numbers: [Number]) -> ByteBuffer {
    let buffer = ByteBuffer(byteCount: numbers.count * MemoryLayout<Number>.stride)
    // In bounds: the block has the array's size.
    withExtendedLifetime(buffer) {
      numbers.withUnsafeBytes { buffer.all.memory.copyMemory(from: $0) }
    }
    return buffer
  }

  private static func setTerms(
    of parts: inout weft_low_rank, _ ends: ByteBuffer, _ scales: ByteBuffer
  ) {
    parts.term_count = scales.byteCount / MemoryLayout<Double>.stride
    parts.term_ends = UnsafePointer(ends.all.start?.assumingMemoryBound(to: Int.self))
    parts.scales = UnsafePointer(scales.all.start?.assumingMemoryBound(to: Double.self))
  }

  private static func panelCount(_ columns: Int) -> Int {
    (columns + Int(WEFT_PANEL) - 1) / Int(WEFT_PANEL)
  }

  private static func parts(
    _ rows: Int, _ columns: Int, _ rank: Int, _ up: ByteBuffer, _ down: ByteBuffer,
    _ downIsNarrow: Bool
  ) -> weft_low_rank {
    var parts = weft_low_rank()
    (parts.rows, parts.columns, parts.rank) = (rows, columns, rank)
    parts.up = UnsafePointer(up.all.start?.assumingMemoryBound(to: Double.self))
    if downIsNarrow {
      parts.down32 = UnsafePointer(down.all.start?.assumingMemoryBound(to: Float.self))
    } else {
      parts.down64 = UnsafePointer(down.all.start?.assumingMemoryBound(to: Double.self))
    }
    return parts
  }

  private static func pack(
    _ terms: [LowRankTerm], rows: Int, columns: Int, rank: Int,
    into buffers: (up: ByteBuffer, down: ByteBuffer), _ kernels: Kernels
  ) {
    let up = buffers.up.all.start?.assumingMemoryBound(to: Double.self)
    let down = buffers.down.all.start?.assumingMemoryBound(to: Double.self)
    var first = 0
    for term in terms {
      // In bounds: `check` compared the factors' sizes with rows, columns and the term's rank.
      withExtendedLifetime(buffers) {
        withFactor(term, ofRows: true, kernels) {
          weft_pack_up($0, rows, term.rank, up, rank, first)
        }
        withFactor(term, ofRows: false, kernels) {
          weft_pack_down($0, columns, term.rank, down, rank, first)
        }
      }
      first += term.rank
    }
  }

  /// The factor that runs over the weight's rows or columns, as float64 with its strides.
  private static func withFactor(
    _ term: LowRankTerm, ofRows: Bool, _ kernels: Kernels, _ body: (weft_factor) -> Void
  ) {
    let isUp = ofRows != term.transposed
    let buffer =
      isUp
      ? kernels.widened(term.up, term.upDType) : kernels.widened(term.down, term.downDType)
    let values = UnsafePointer(buffer.all.start?.assumingMemoryBound(to: Double.self))
    let inputs = buffer.byteCount / 8 / term.rank
    withExtendedLifetime(buffer) {
      body(
        weft_factor(
          values: values, outer_stride: isUp ? term.rank : 1, rank_stride: isUp ? 1 : inputs))
    }
  }
}
