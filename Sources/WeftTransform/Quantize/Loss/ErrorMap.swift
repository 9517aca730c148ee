package import WeftKernels

/// Where in a tensor the errors are.
package struct ErrorMap: Sendable, Hashable {
  /// The tensor's name in the output.
  package let name: String
  /// How the tensor falls into cells.
  package let grid: ErrorGrid
  /// The root of the mean squared error of every cell, row-major, [grid.rowCount, grid.columnCount].
  package let cells: [Float]

  /// Makes a map.
  package init(name: String, grid: ErrorGrid, _ cells: [Float]) {
    self.name = name
    self.grid = grid
    self.cells = cells
  }
}
