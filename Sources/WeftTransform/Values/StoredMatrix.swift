package import WeftFiles
import WeftKernels
package import WeftTensors

/// A block of a stored tensor, as float64.
package struct StoredMatrix: MatrixFormula, PreparedMatrix {
  /// The block.
  package let block: StoredBlock

  /// Makes the matrix of a block.
  package init(_ block: StoredBlock) { self.block = block }

  /// The rows of the block.
  package var rows: Int { block.rows }
  /// The columns of the block.
  package var columns: Int { block.columns }
  /// The block's file.
  package var sourcePath: String? { block.tensor.source.path }

  /// The same block of another tensor.
  package func reading(
    _ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor
  ) -> any MatrixFormula { StoredMatrix(block.reading(moved)) }

  /// Nothing has to be known before the block is read.
  package func prepare(_ workspace: Workspace) -> any PreparedMatrix { self }

  /// Reads a rectangle and widens it.
  package func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
    let byteCount = tile.elementCount * (block.dtype.byteWidth ?? 1)
    try workspace.withBuffer(byteCount: byteCount) { raw in
      try workspace.withBuffer(byteCount: block.isTransposed ? byteCount : 0) { scratch in
        let values = try block.read(tile, into: raw, scratch: scratch)
        workspace.kernels.widen(values, block.dtype, into: target, .f64)
      }
    }
  }
}
