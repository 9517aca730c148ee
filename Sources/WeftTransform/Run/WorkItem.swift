import WeftFiles
import WeftTensors

/// A part of a tensor that one thread does alone: some rows of a piece, or some bytes of a copy.
struct WorkItem: Sendable {
  /// The largest item, in bytes of the output: large enough that factors are prepared once for a whole module of
  /// ordinary size, small enough that the last ones end together.
  static let targetByteCount = 8 << 20

  /// The largest item of a formula, in bytes of the output.
  static let formulaByteCount = 64 << 20

  /// The index of the tensor in the plan.
  let tensor: Int
  /// The index of the piece in the tensor.
  let piece: Int
  /// The rows of a computed piece, or the bytes of a copied one.
  let range: Range<Int>
}

extension WorkItem {
  /// The items of a tensor with their sizes in the output, in the order of its bytes.
  static func items(
    of tensor: PlannedTensor, index: Int, targetByteCount: Int
  ) -> [(item: WorkItem, byteCount: Int)] {
    tensor.pieces.enumerated().filter { $1.byteCount > 0 }.flatMap { pieceIndex, piece in
      ranges(of: piece, targetByteCount: targetByteCount).map { range in
        let item = WorkItem(tensor: index, piece: pieceIndex, range: range)
        return (item, byteCount(of: range, piece: piece))
      }
    }
  }

  private static func ranges(of piece: Piece, targetByteCount: Int) -> [Range<Int>] {
    switch piece.work {
    case .literal: [0..<piece.byteCount]
    case .copy: split(piece.byteCount, by: targetByteCount)
    case .compute(let block, _):
      split(block.rows, by: max(1, targetByteCount / max(1, piece.byteCount / block.rows)))
    case .evaluate(let formula):
      split(formula.rows, by: rows(of: formula, byteCount: piece.byteCount, targetByteCount))
    }
  }

  /// The rows of a formula that are done at once: whole groups, and more than of other pieces, since what a formula
  /// surveys before is done by one thread for all.
  private static func rows(
    of formula: any MatrixFormula, byteCount: Int, _ targetByteCount: Int
  ) -> Int {
    let target = targetByteCount == Self.targetByteCount ? formulaByteCount : targetByteCount
    let rows = max(1, target / max(1, byteCount / formula.rows))
    return (rows + formula.rowGrain - 1) / formula.rowGrain * formula.rowGrain
  }

  private static func byteCount(of range: Range<Int>, piece: Piece) -> Int {
    switch piece.work {
    case .copy, .literal: range.count
    case .compute(let block, _): range.count * (piece.byteCount / block.rows)
    case .evaluate(let formula): range.count * (piece.byteCount / formula.rows)
    }
  }

  private static func split(_ count: Int, by step: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: step).map { $0..<min($0 + step, count) }
  }
}
