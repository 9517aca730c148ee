import WeftFiles
import WeftTensors

/// A share of the work that one thread does alone: some rows of a piece, or some bytes of a copy.
struct WorkItem: Sendable {
  /// The largest share, in bytes of the output: large enough that factors are prepared once for a whole module of
  /// ordinary size, small enough that the last shares end together.
  static let targetByteCount = 8 << 20

  /// The index of the tensor in the plan.
  let tensor: Int
  /// The index of the piece in the tensor.
  let piece: Int
  /// The rows of a computed piece, or the bytes of a copied one.
  let range: Range<Int>
}

extension WorkItem {
  /// The shares of all tensors, in the order of the output file.
  static func items(of tensors: [PlannedTensor]) -> [WorkItem] {
    var items: [WorkItem] = []
    for (tensorIndex, tensor) in tensors.enumerated() {
      for (pieceIndex, piece) in tensor.pieces.enumerated() where piece.byteCount > 0 {
        for range in ranges(of: piece) {
          items.append(WorkItem(tensor: tensorIndex, piece: pieceIndex, range: range))
        }
      }
    }
    return items
  }

  private static func ranges(of piece: Piece) -> [Range<Int>] {
    switch piece.work {
    case .literal: [0..<piece.byteCount]
    case .copy: split(piece.byteCount, by: targetByteCount)
    case .compute(let block, _):
      split(block.rows, by: max(1, targetByteCount / max(1, piece.byteCount / block.rows)))
    }
  }

  private static func split(_ count: Int, by step: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: step).map { $0..<min($0 + step, count) }
  }
}
