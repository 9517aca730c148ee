import WeftFiles
import WeftKernels
import WeftTensors

/// How much memory a run will hold at most.
enum MemoryPrediction {
  /// The program itself, its headers and its plan: measured on SDXL, rounded up.
  static let baselineByteCount = 32 << 20

  /// What a run may hold; a run takes fewer threads rather than more memory.
  static let budgetByteCount = 256 << 20

  /// The most threads, up to those asked for, with which a run keeps to the budget; one may not be enough for factors of
  /// a very high rank.
  static func threadCount(_ tensors: [PlannedTensor], wanted: Int) -> Int {
    var threads = max(1, wanted)
    while threads > 1, byteCount(tensors, threads: threads) > budgetByteCount { threads -= 1 }
    return threads
  }

  /// The baseline, every thread's buffers, and the largest pieces that so many threads can have in hand.
  static func byteCount(_ tensors: [PlannedTensor], threads: Int) -> Int {
    let inHand = tensors.flatMap { tensor in
      tensor.pieces.map { byteCount(of: $0, dtype: tensor.computedDType) }
    }
    let denseTermCount = tensors.flatMap(\.pieces).map(\.denseTermCount).max() ?? 0
    let largest = inHand.filter { $0 > 0 }.sorted(by: >).prefix(threads).reduce(0, +)
    return baselineByteCount + largest
      + threads * BlockComputer.byteCount(denseTermCount: denseTermCount)
  }

  /// The factors of a piece, or what its formula holds and needs for its rectangles.
  private static func byteCount(of piece: Piece, dtype: DType) -> Int {
    switch piece.work {
    case .copy, .literal, .scales, .compute(_, nil): return 0
    case .compute(let block, let update?):
      let rank = update.products.reduce(0) { $0 + $1.rank }
      guard rank > 0 else { return 0 }
      return update.products.reduce(0) { $0 + $1.up.byteCount + $1.down.byteCount }
        + LowRankOperand.byteCount(rows: block.rows, columns: block.columns, rank: rank)
    case .evaluate(let formula):
      return formula.totalByteCount + formula.workspaceByteCount
        + BlockComputer.gatheredByteCount(formula, dtype: dtype)
    }
  }
}

extension Piece {
  fileprivate var denseTermCount: Int {
    if case .compute(_, let update?) = work { update.dense.count } else { 0 }
  }
}

extension MatrixFormula {
  /// The rectangles that are in hand at once: one for each level of the formula, and one beside each.
  fileprivate var workspaceByteCount: Int {
    2 * depth * Tile.largestElementCount(grain: rowGrain, columns: columns) * 8
  }

  private var depth: Int { 1 + (operands.map(\.depth).max() ?? 0) }
}
