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

  /// The baseline, every thread's buffers, and the largest factors that so many threads can have in hand.
  static func byteCount(_ tensors: [PlannedTensor], threads: Int) -> Int {
    var operands: [Int] = []
    var denseTermCount = 0
    for piece in tensors.flatMap(\.pieces) {
      guard case .compute(let block, let update?) = piece.work else { continue }
      denseTermCount = max(denseTermCount, update.dense.count)
      let rank = update.products.reduce(0) { $0 + $1.rank }
      guard rank > 0 else { continue }
      let raw = update.products.reduce(0) { $0 + $1.up.info.byteCount + $1.down.info.byteCount }
      operands.append(
        raw
          + LowRankOperand.byteCount(rows: block.rows, columns: block.columns, rank: rank))
    }
    let largest = operands.sorted(by: >).prefix(threads).reduce(0, +)
    return baselineByteCount + largest
      + threads * BlockComputer.byteCount(denseTermCount: denseTermCount)
  }
}
