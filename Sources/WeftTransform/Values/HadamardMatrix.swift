package import WeftFiles
import WeftKernels
import WeftTensors

/// The product of two matrices element by element.
package struct HadamardMatrix: MatrixFormula {
  /// One matrix.
  package let left: any MatrixFormula
  /// The other, of the same shape.
  package let right: any MatrixFormula

  /// The rows of both.
  package var rows: Int { left.rows }
  /// The columns of both.
  package var columns: Int { left.columns }
  /// Both matrices.
  package var operands: [any MatrixFormula] { [left, right] }

  /// The product with its tensors replaced.
  package func reading(
    _ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor
  ) -> any MatrixFormula {
    HadamardMatrix(left: left.reading(moved), right: right.reading(moved))
  }

  /// Prepares both matrices.
  package func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    Prepared(left: try left.prepare(workspace), right: try right.prepare(workspace))
  }

  private struct Prepared: PreparedMatrix {
    let left: any PreparedMatrix
    let right: any PreparedMatrix
    var rows: Int { left.rows }
    var columns: Int { left.columns }

    func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
      try left.read(tile, into: target, workspace)
      try workspace.withElements(tile.elementCount) { values in
        try right.read(tile, into: values, workspace)
        Elementwise.multiply(target, values, into: target)
      }
    }
  }
}
