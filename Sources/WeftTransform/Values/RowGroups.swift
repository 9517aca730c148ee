import WeftTensors

extension PreparedMatrix {
  /// Reads a rectangle of a matrix whose rows are computed in groups of a size: the groups that it touches, as a whole.
  func readGroups(
    _ size: Int, _ tile: Tile, into target: ByteSlice, _ workspace: Workspace,
    _ compute: (Tile, ByteSlice) throws -> Void
  ) throws {
    guard !tile.rows.isEmpty else { return }
    let first = tile.rows.lowerBound / size * size
    let last = min(rows, (tile.rows.upperBound + size - 1) / size * size)
    let whole = Tile(rows: first..<last, columns: tile.columns)
    if whole.rows == tile.rows { return try compute(tile, target) }
    try workspace.withElements(whole.elementCount) { values in
      try compute(whole, values)
      target.copy(from: values, of: whole, part: tile)
    }
  }
}
