import Testing
import WeftTransform

@Suite("Tiles")
struct TileTests {
  /// Rows, columns, rows that belong together, and the room of a tile.
  static let cases = [
    (10, 7, 1, 21), (10, 7, 1, 3), (12, 8, 4, 64), (12, 8, 4, 16), (10, 30, 10, 50), (9, 5, 4, 200),
  ]

  @Test("every element is in exactly one tile, in the order of the rows", arguments: cases)
  func cover(rows: Int, columns: Int, grain: Int, room: Int) {
    for start in [0, grain / 2] {
      let tiles = Tile.tiles(
        rows: start..<rows, columns: columns, grain: grain, maximumElementCount: room)
      var seen: Set<Int> = []
      for tile in tiles {
        for row in tile.rows { for column in tile.columns { seen.insert(row * columns + column) } }
      }
      #expect(seen.count == (rows - start) * columns)
      #expect(tiles.reduce(0) { $0 + $1.elementCount } == seen.count)
      #expect(tiles.map(\.rows.lowerBound) == tiles.map(\.rows.lowerBound).sorted())
    }
  }

  @Test("rows that belong together are not parted", arguments: cases)
  func groups(rows: Int, columns: Int, grain: Int, room: Int) {
    let tiles = Tile.tiles(
      rows: 0..<rows, columns: columns, grain: grain, maximumElementCount: room)
    func isEdge(_ row: Int) -> Bool { row % grain == 0 || row == rows }
    #expect(tiles.allSatisfy { isEdge($0.rows.lowerBound) && isEdge($0.rows.upperBound) })
  }
}
