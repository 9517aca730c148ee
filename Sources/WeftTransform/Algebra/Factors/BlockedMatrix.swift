import WeftKernels
import WeftTensors

/// A matrix that a factoring reads several times, a block of a few megabytes after the other.
///
/// Small ones are kept as float32 after the first read; the blocks are the same either way, and so are the results.
final class BlockedMatrix {
  /// The largest block, in elements.
  static let blockElementCount = 1 << 20

  private let matrix: any PreparedMatrix
  private let grain: Int
  private let workspace: Workspace
  private let held: Matrix?
  private var isHeld = false

  /// Prepares a matrix; one that has at most `heldByteCount` bytes as float32 is kept.
  init(_ formula: any MatrixFormula, workspace: Workspace, heldByteCount: Int) throws {
    matrix = try formula.prepare(workspace)
    grain = formula.rowGrain
    self.workspace = workspace
    let fits = matrix.rows * matrix.columns * 4 <= heldByteCount
    held = fits ? Matrix(rows: matrix.rows, columns: matrix.columns, .f32) : nil
  }

  var rows: Int { matrix.rows }
  var columns: Int { matrix.columns }

  /// The memory of a matrix of a size, in bytes.
  static func byteCount(rows: Int, columns: Int, heldByteCount: Int) -> Int {
    let all = rows * columns * 4
    return (all <= heldByteCount ? all : 0) + 8 * max(blockElementCount, columns)
  }

  /// Reads everything once and gives the sum of all squares, in float64 and always in the same order.
  func survey() throws -> Double {
    var squares = SumOfSquares()
    for block in rowBlocks {
      try eachTile(Tile(rows: block, columns: 0..<columns)) { tile, values in
        squares.add(values)
        if let held { narrow(values, into: held.values(rows: tile.rows)) }
      }
    }
    isHeld = held != nil
    return squares.value
  }

  /// Calls `body` with blocks of whole rows as float32.
  func eachNarrowBlock(_ body: (Range<Int>, MatrixView) throws -> Void) throws {
    if let held, isHeld {
      for block in rowBlocks { try body(block, held.view(rows: block)) }
      return
    }
    let room = Matrix(rows: rowBlocks.first?.count ?? 0, columns: columns, .f32)
    for block in rowBlocks {
      try eachTile(Tile(rows: block, columns: 0..<columns)) { tile, values in
        let first = tile.rows.lowerBound - block.lowerBound
        narrow(values, into: room.values(rows: first..<first + tile.rows.count))
      }
      try body(block, room.view(rows: 0..<block.count))
    }
  }

  /// Calls `body` with blocks of float64: of whole rows, or of whole columns.
  func eachWideBlock(ofRows: Bool, _ body: (Tile, ByteSlice) throws -> Void) throws {
    let width = max(1, Self.blockElementCount / max(1, rows))
    let tiles =
      ofRows
      ? rowBlocks.map { Tile(rows: $0, columns: 0..<columns) }
      : stride(from: 0, to: columns, by: width).map {
        Tile(rows: 0..<rows, columns: $0..<min($0 + width, columns))
      }
    for block in tiles {
      try workspace.withElements(block.elementCount) { room in
        var offset = 0
        try eachTile(block) { _, values in
          room[offset..<offset + values.byteCount].copy(from: values)
          offset += values.byteCount
        }
        try body(block, room)
      }
    }
  }

  private var rowBlocks: [Range<Int>] {
    let step = max(1, Self.blockElementCount / max(1, columns))
    return stride(from: 0, to: rows, by: step).map { $0..<min($0 + step, rows) }
  }

  /// Reads a block in rectangles that stay in the cache, one below the other.
  private func eachTile(_ block: Tile, _ body: (Tile, ByteSlice) throws -> Void) throws {
    let step = max(1, Workspace.tileElementCount / max(1, block.columns.count))
    // Whole groups of rows where rows are computed together.
    let height = max(step / grain, 1) * grain
    for row in stride(from: block.rows.lowerBound, to: block.rows.upperBound, by: height) {
      let tile = Tile(
        rows: row..<min(row + height, block.rows.upperBound), columns: block.columns)
      try workspace.withElements(tile.elementCount) { values in
        try matrix.read(tile, into: values, workspace)
        try body(tile, values)
      }
    }
  }

  private func narrow(_ values: ByteSlice, into target: ByteSlice) {
    var tally = Tally()
    workspace.kernels.convert(values, .f64, into: target, .f32, tally: &tally)
  }
}
