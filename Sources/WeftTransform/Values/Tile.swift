package import WeftTensors

/// A rectangle of a matrix: several whole rows, or a part of one or more.
package struct Tile: Sendable {
  /// The rows.
  package let rows: Range<Int>
  /// The columns.
  package let columns: Range<Int>

  /// Makes a rectangle.
  package init(rows: Range<Int>, columns: Range<Int>) {
    self.rows = rows
    self.columns = columns
  }

  /// The number of elements.
  package var elementCount: Int { rows.count * columns.count }

  /// The tiles of some rows of a block that hold at most so many elements each.
  static func tiles(rows: Range<Int>, columns: Int, maximumElementCount: Int) -> [Tile] {
    guard columns > 0 else { return [] }
    if columns <= maximumElementCount {
      let step = maximumElementCount / columns
      return stride(from: rows.lowerBound, to: rows.upperBound, by: step).map {
        Tile(rows: $0..<min($0 + step, rows.upperBound), columns: 0..<columns)
      }
    }
    return rows.flatMap { row in
      stride(from: 0, to: columns, by: maximumElementCount).map {
        Tile(rows: row..<row + 1, columns: $0..<min($0 + maximumElementCount, columns))
      }
    }
  }

  /// The tiles of some rows in groups that are read together; groups that are too large are cut by columns.
  package static func tiles(
    rows: Range<Int>, columns: Int, grain: Int, maximumElementCount: Int
  ) -> [Tile] {
    guard grain > 1 else {
      return tiles(rows: rows, columns: columns, maximumElementCount: maximumElementCount)
    }
    let (step, width) = size(
      grain: grain, columns: columns, maximumElementCount: maximumElementCount)
    var tiles: [Tile] = []
    var row = rows.lowerBound
    while row < rows.upperBound {
      let end = min(rows.upperBound, (row / grain) * grain + step)
      for column in stride(from: 0, to: columns, by: width) {
        tiles.append(
          Tile(rows: row..<end, columns: column..<min(column + width, columns)))
      }
      row = end
    }
    return tiles
  }

  /// The rows and columns of the tiles of groups.
  ///
  /// Columns of many rows come from a file a row at a time, so that narrow tiles would read a few bytes at once: such tiles
  /// are wider than the cache would like, as far as their memory allows.
  private static func size(
    grain: Int, columns: Int, maximumElementCount: Int
  ) -> (rows: Int, columns: Int) {
    let step = max(1, maximumElementCount / (grain * max(1, columns))) * grain
    let readable = min(readableWidth, max(leastWidth, wideElementCount / step))
    let width = max(maximumElementCount / step, readable) & ~(vectorWidth - 1)
    return (step, width)
  }

  /// The most elements that a tile of groups has.
  static func largestElementCount(grain: Int, columns: Int) -> Int {
    guard grain > 1 else { return Workspace.tileElementCount }
    let size = size(
      grain: grain, columns: columns, maximumElementCount: Workspace.tileElementCount)
    return max(Workspace.tileElementCount, size.rows * min(size.columns, columns))
  }

  /// The columns that are worth one read.
  private static let readableWidth = 512
  /// The fewest columns of a tile.
  private static let leastWidth = 128
  /// The elements of a tile that is wider than the cache would like, while it has more columns than the fewest.
  private static let wideElementCount = 512 << 10
  /// Widths are multiples of this.
  private static let vectorWidth = 8
}

extension PreparedMatrix {
  /// Reads the whole matrix once, a tile after the other, as a survey does; `grain` is the formula's.
  package func eachTile(
    grain: Int, _ workspace: Workspace, _ body: (Tile, ByteSlice) throws -> Void
  ) throws {
    let tiles = Tile.tiles(
      rows: 0..<rows, columns: columns, grain: grain,
      maximumElementCount: Workspace.tileElementCount)
    for tile in tiles {
      try workspace.withElements(tile.elementCount) { values in
        try read(tile, into: values, workspace)
        try body(tile, values)
      }
    }
  }
}
