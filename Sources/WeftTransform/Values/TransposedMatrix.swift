package import WeftFiles
import WeftKernels
import WeftTensors

/// The transpose of a matrix.
package struct TransposedMatrix: MatrixFormula {
  /// The matrix `[columns, rows]`.
  package let original: any MatrixFormula

  /// Makes the transpose of a matrix.
  package init(_ original: any MatrixFormula) { self.original = original }

  /// The columns of the original.
  package var rows: Int { original.columns }
  /// The rows of the original.
  package var columns: Int { original.rows }
  /// The original.
  package var operands: [any MatrixFormula] { [original] }
  /// When rows of the original are computed together, all columns of it are best taken at once.
  package var rowGrain: Int { original.rowGrain > 1 ? rows : 1 }

  /// The transpose of the original with its tensors replaced.
  package func reading(
    _ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor
  ) -> any MatrixFormula { TransposedMatrix(original.reading(moved)) }

  /// Prepares the original.
  package func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    Prepared(original: try original.prepare(workspace))
  }

  private struct Prepared: PreparedMatrix {
    let original: any PreparedMatrix
    var rows: Int { original.columns }
    var columns: Int { original.rows }

    func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
      try workspace.withElements(tile.elementCount) { values in
        let turned = Tile(rows: tile.columns, columns: tile.rows)
        try original.read(turned, into: values, workspace)  // [tile.columns, tile.rows]
        transpose(
          values, rows: turned.rows.count, columns: turned.columns.count, elementWidth: 8,
          into: target)  // [tile.rows, tile.columns]
      }
    }
  }
}
