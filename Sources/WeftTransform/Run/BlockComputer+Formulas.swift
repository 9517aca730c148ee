import WeftKernels
import WeftTensors

extension BlockComputer {
  /// The memory in which parts of rows are put together before they are written.
  static func gatheredByteCount(_ formula: any MatrixFormula, dtype: DType) -> Int {
    let grain = formula.rowGrain
    guard grain > 1, grain * formula.columns > Workspace.tileElementCount else { return 0 }
    return min(grain, formula.rows) * formula.columns * (dtype.byteWidth ?? 8)
  }

  /// The same for a piece; none but those of formulas need any.
  static func gatheredByteCount(_ piece: Piece, dtype: DType) -> Int {
    if case .evaluate(let formula) = piece.work {
      gatheredByteCount(formula, dtype: dtype)
    } else {
      0
    }
  }

  /// Computes rows of a matrix, rounds them once, and hands them to `write` with their offset in the rows, in bytes.
  func evaluate(
    _ matrix: any PreparedMatrix, grain: Int, rows: Range<Int>, dtype: DType, tally: inout Tally,
    write: (ByteSlice, Int) throws -> Void
  ) throws {
    let tiles = Tile.tiles(
      rows: rows, columns: matrix.columns, grain: grain,
      maximumElementCount: Workspace.tileElementCount)
    let width = dtype.byteWidth ?? 1
    let stride = matrix.columns * width
    var index = 0
    while index < tiles.count {
      let group = tiles[index...].prefix { $0.rows == tiles[index].rows }
      let first = tiles[index].rows
      let start = (first.lowerBound - rows.lowerBound) * stride
      if grain == 1, group.count > 1 {
        // Parts of one row follow one another.
        for tile in group {
          try round(matrix, tile, dtype, &tally) {
            try write($0, start + tile.columns.lowerBound * width)
          }
        }
      } else {
        try gather(matrix, group, dtype, &tally) { try write($0, start) }
      }
      index += group.count
    }
  }

  /// A rectangle in the output's type.
  private func round(
    _ matrix: any PreparedMatrix, _ tile: Tile, _ dtype: DType, _ tally: inout Tally,
    _ body: (ByteSlice) throws -> Void
  ) throws {
    let byteCount = tile.elementCount * (dtype.byteWidth ?? 1)
    try workspace.withElements(tile.elementCount) { values in
      try workspace.withBuffer(byteCount: byteCount) { narrow in
        try matrix.read(tile, into: values, workspace)
        workspace.kernels.convert(values, .f64, into: narrow, dtype, tally: &tally)
        try body(narrow)
      }
    }
  }

  /// Rectangles side by side, put together into whole rows.
  private func gather(
    _ matrix: any PreparedMatrix, _ tiles: ArraySlice<Tile>, _ dtype: DType,
    _ tally: inout Tally, _ body: (ByteSlice) throws -> Void
  ) throws {
    guard let first = tiles.first else { return }
    guard tiles.count > 1 else { return try round(matrix, first, dtype, &tally, body) }
    let width = dtype.byteWidth ?? 1
    let stride = matrix.columns * width
    let whole = gathered(byteCount: first.rows.count * stride)
    for tile in tiles {
      try round(matrix, tile, dtype, &tally) { part in
        let partStride = tile.columns.count * width
        for row in 0..<tile.rows.count {
          let start = row * stride + tile.columns.lowerBound * width
          whole[start..<start + partStride].copy(
            from: part[row * partStride..<(row + 1) * partStride])
        }
      }
    }
    try body(whole)
  }
}
