package import WeftFiles
import WeftKernels
import WeftTensors

/// A matrix with columns of zeros behind its own.
package struct PaddedMatrix: MatrixFormula {
  /// The matrix, of no more columns.
  package let original: any MatrixFormula
  /// The columns with those of zeros.
  package let columns: Int

  /// The rows of the matrix.
  package var rows: Int { original.rows }
  /// The matrix.
  package var operands: [any MatrixFormula] { [original] }

  /// The matrix with its tensors replaced.
  package func reading(
    _ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor
  ) -> any MatrixFormula { PaddedMatrix(original: original.reading(moved), columns: columns) }

  /// Prepares the matrix.
  package func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    Prepared(original: try original.prepare(workspace), columns: columns)
  }

  private struct Prepared: PreparedMatrix {
    let original: any PreparedMatrix
    let columns: Int
    var rows: Int { original.rows }

    func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
      let own = tile.columns.clamped(to: 0..<original.columns)
      if own == tile.columns { return try original.read(tile, into: target, workspace) }
      target.setZero()
      guard !own.isEmpty else { return }
      let part = Tile(rows: tile.rows, columns: own)
      try workspace.withElements(part.elementCount) { values in
        try original.read(part, into: values, workspace)
        target.copy(part, of: values, within: tile)
      }
    }
  }
}

extension ByteSlice {
  /// Copies a rectangle of float64 to its place in a larger one, which the slice holds.
  func copy(_ part: Tile, of values: ByteSlice, within whole: Tile) {
    Structured.copy(
      values, at: 0, stride: part.columns.count, into: self, at: part.offset(in: whole),
      stride: whole.columns.count, rows: part.rows.count, columns: part.columns.count)
  }

  /// Fills the slice with a part of a larger rectangle of float64.
  func copy(from values: ByteSlice, of whole: Tile, part: Tile) {
    Structured.copy(
      values, at: part.offset(in: whole), stride: whole.columns.count, into: self, at: 0,
      stride: part.columns.count, rows: part.rows.count, columns: part.columns.count)
  }
}

extension Tile {
  /// Where the first element of the rectangle is in a larger one's.
  fileprivate func offset(in whole: Tile) -> Int {
    (rows.lowerBound - whole.rows.lowerBound) * whole.columns.count + columns.lowerBound
      - whole.columns.lowerBound
  }
}
