import CKernels
package import WeftTensors

/// How the elements of a tensor, taken as a matrix, fall into the cells of a map of its errors.
package struct ErrorGrid: Sendable, Hashable {
  /// The most cells along either side.
  package static let maximumCellCount = 64

  /// The rows of the matrix.
  package let rows: Int
  /// The columns of the matrix.
  package let columns: Int
  /// The rows of the matrix in a cell; the last cells may have fewer.
  package let cellRows: Int
  /// The columns of the matrix in a cell; the last cells may have fewer.
  package let cellColumns: Int

  /// Makes the grid of a tensor; nil for one without elements.
  ///
  /// - Parameters:
  ///   - shape: the tensor's shape; its first dimension gives the rows, all others the columns.
  ///   - blockElementCount: the elements that are stored together; cells hold whole blocks where rows do.
  package init?(_ shape: Shape, blockElementCount: Int) {
    guard let elementCount = shape.checkedElementCount, elementCount > 0 else { return nil }
    rows = shape.rowCount
    columns = elementCount / rows
    let grain = columns % blockElementCount == 0 ? blockElementCount : 1
    cellRows = Self.quotient(rows, Self.maximumCellCount)
    cellColumns = Self.quotient(columns / grain, Self.maximumCellCount) * grain
  }

  private static func quotient(_ count: Int, _ parts: Int) -> Int { (count + parts - 1) / parts }

  /// The number of cells from top to bottom.
  package var rowCount: Int { Self.quotient(rows, cellRows) }
  /// The number of cells from left to right.
  package var columnCount: Int { Self.quotient(columns, cellColumns) }

  /// The number of elements in a cell.
  package func elementCount(row: Int, column: Int) -> Int {
    min(cellRows, rows - row * cellRows) * min(cellColumns, columns - column * cellColumns)
  }

  /// The row of cells that holds an element.
  fileprivate func row(ofElement index: Int) -> Int { index / columns / cellRows }

  fileprivate var raw: weft_grid {
    weft_grid(columns: columns, cell_rows: cellRows, cell_columns: cellColumns)
  }
}

/// The sums of the squared errors of cells, for a run of whole rows of them; parts are added up in order with `+=`.
package struct ErrorSums: Sendable, Hashable {
  /// The grid.
  package let grid: ErrorGrid
  private var firstRow: Int?
  private var sums: [Double] = []

  /// Sums of nothing.
  package init(_ grid: ErrorGrid) { self.grid = grid }

  /// Adds what follows in the tensor: float32 values and what they became, from the element `first` on.
  package mutating func add(_ a: ByteSlice, _ b: ByteSlice, first: Int) {
    let count = a.elementCount(.f32)
    precondition(b.elementCount(.f32) == count && first + count <= grid.rows * grid.columns)
    guard count > 0, let a = a.start, let b = b.start else { return }
    let start = firstRow ?? grid.row(ofElement: first)
    firstRow = start
    let skipped = (grid.row(ofElement: first) - start) * grid.columnCount
    let needed = (grid.row(ofElement: first + count - 1) - start + 1) * grid.columnCount
    precondition(skipped >= 0)
    if sums.count < needed { sums += [Double](repeating: 0, count: needed - sums.count) }
    sums.withUnsafeMutableBufferPointer { target in
      // In bounds: both slices hold `count` elements, and the sums reach to the cells of the last one.
      guard let base = target.baseAddress else { return }
      weft_add_squared_errors(
        a.assumingMemoryBound(to: Float.self), b.assumingMemoryBound(to: Float.self), first, count,
        grid.raw, base + skipped)
    }
  }

  /// Adds the sums of a part that follows.
  package static func += (left: inout ErrorSums, right: ErrorSums) {
    precondition(left.grid == right.grid)
    guard let other = right.firstRow else { return }
    guard let first = left.firstRow else {
      left = right
      return
    }
    precondition(other >= first)
    let skipped = (other - first) * left.grid.columnCount
    let missing = skipped + right.sums.count - left.sums.count
    if missing > 0 { left.sums += [Double](repeating: 0, count: missing) }
    for (index, sum) in right.sums.enumerated() { left.sums[skipped + index] += sum }
  }

  /// The root of the mean squared error of every cell, row-major, [grid.rowCount, grid.columnCount].
  package var rootMeanSquares: [Float] {
    let columnCount = grid.columnCount
    var result = [Float](repeating: 0, count: grid.rowCount * columnCount)
    for (index, sum) in sums.enumerated() {
      let cell = (firstRow ?? 0) * columnCount + index
      let count = grid.elementCount(row: cell / columnCount, column: cell % columnCount)
      result[cell] = Float((sum / Double(count)).squareRoot())
    }
    return result
  }
}
