import WeftFormats
import WeftKernels
import WeftTensors

/// What must be known of all values of a tensor before they can be stored with scales: the largest of each group.
///
/// The tensor of elements and that of the scales both need it; it is done once for them.
package struct ScaleSurvey: Sendable {
  /// A number that tells the surveys of a plan apart.
  let id: Int
  /// The parts of the tensor, in the order of its elements, and the element that each starts with.
  let pieces: [(piece: Piece, first: Int)]
  /// The number of elements.
  let elementCount: Int
  /// The first dimension.
  let rows: Int
  /// The elements of a group.
  let groupLength: Int
  /// The format.
  let format: ScaledFormat

  /// The number of groups.
  var groupCount: Int { (elementCount + groupLength - 1) / groupLength }

  /// Goes through all values.
  func scales(by computer: BlockComputer) throws -> GroupScales {
    let largest = LargestMagnitudes(elementCount: elementCount, length: groupLength)
    for (piece, first) in pieces {
      try computer.eachTile(of: piece) { values, dtype, offset in
        largest.add(values, dtype, start: first + offset)
      }
    }
    return GroupScales(
      format, largest: largest.values, groupLength: groupLength,
      greatest: ScaledElements(format.element).greatest)
  }
}

extension BlockComputer {
  /// Hands every tile of a computed piece to `body` with its type and the place of its first element in the piece.
  fileprivate func eachTile(
    of piece: Piece, _ body: (ByteSlice, DType, Int) throws -> Void
  ) throws {
    var tally = Tally()
    switch piece.work {
    case .compute(let block, let update):
      let isRead = update == nil && block.dtype != .f64 && !block.isTransposed
      let dtype: DType = isRead ? block.dtype : .f32
      try compute(
        block, update: update,
        operand: try update?.operand(rows: block.rows, columns: block.columns, workspace),
        rows: 0..<block.rows, dtype: dtype, tally: &tally
      ) { try body($0, dtype, $1 / (dtype.byteWidth ?? 1)) }
    case .evaluate(let formula):
      try evaluate(
        try formula.prepare(workspace), grain: formula.rowGrain, rows: 0..<formula.rows,
        dtype: .f32, tally: &tally
      ) { try body($0, .f32, $1 / 4) }
    case .copy, .literal, .scales: break
    }
  }
}
