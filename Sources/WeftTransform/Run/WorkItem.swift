import WeftFiles
import WeftKernels
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

/// What came of an item besides its bytes.
struct WorkOutcome: Sendable {
  /// The values that did not fit.
  var tally = Tally()
  /// What was lost, when that is measured.
  var loss: MeasuredLoss?
}

extension WorkItem {
  /// The items of a tensor with their sizes in the output, in the order of its bytes.
  static func items(
    of tensor: PlannedTensor, index: Int, targetByteCount: Int
  ) -> [(item: WorkItem, byteCount: Int)] {
    tensor.pieces.enumerated().filter { $1.byteCount > 0 }.flatMap { pieceIndex, piece in
      ranges(of: piece, grain: tensor.encoding?.grain ?? 1, targetByteCount: targetByteCount).map {
        range in
        let item = WorkItem(tensor: index, piece: pieceIndex, range: range)
        return (item, byteCount(of: range, piece: piece, unit: tensor.unit))
      }
    }
  }

  /// The parts of a piece; those of values that are encoded start and end at a multiple of the grain.
  private static func ranges(
    of piece: Piece, grain: Int, targetByteCount: Int
  ) -> [Range<Int>] {
    switch piece.work {
    case .literal, .scales: return [0..<piece.byteCount]
    case .copy(let tensor, _):
      let unit = tensor.info.dtype.blockByteCount
      return split(piece.byteCount, by: max(1, targetByteCount / unit) * unit)
    case .compute(let block, _):
      let rows = max(1, targetByteCount / max(1, piece.byteCount / block.rows))
      return split(block.rows, by: whole(rows, columns: block.columns, grain: grain))
    case .evaluate(let formula):
      let rows = rows(of: formula, byteCount: piece.byteCount, targetByteCount)
      let step = whole(rows, columns: formula.columns, grain: grain, group: formula.rowGrain)
      return split(formula.rows, by: step)
    }
  }

  /// At least so many rows, whole groups of them, that their elements are a multiple of the grain.
  private static func whole(_ rows: Int, columns: Int, grain: Int, group: Int = 1) -> Int {
    guard grain > 1, columns > 0 else { return rows }
    let step = group * (grain / greatestCommonDivisor(grain, columns * group))
    return (rows + step - 1) / step * step
  }

  private static func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
    other == 0 ? one : greatestCommonDivisor(other, one % other)
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

  private static func byteCount(of range: Range<Int>, piece: Piece, unit: StorageUnit) -> Int {
    switch piece.work {
    case .copy, .literal, .scales: range.count
    case .compute(let block, _): unit.byteCount(of: range.count * block.columns)
    case .evaluate(let formula): unit.byteCount(of: range.count * formula.columns)
    }
  }

  private static func split(_ count: Int, by step: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: step).map { $0..<min($0 + step, count) }
  }
}
