package import WeftFiles
package import WeftTensors

/// A matrix of float64 values as a formula: what it is made of, before any data is read.
///
/// Convolution weights are matrices, too: `[O, I·kh·kw]`.
package protocol MatrixFormula: Sendable {
  /// The rows of the matrix.
  var rows: Int { get }
  /// The columns of the matrix.
  var columns: Int { get }
  /// The formulas that it is made of.
  var operands: [any MatrixFormula] { get }
  /// The memory that the prepared matrix and its preparation hold at most, in bytes, without that of the operands and
  /// without the workspace's buffers.
  var byteCount: Int { get }
  /// The file that the values come from, for messages; nil when it is the operands'.
  var sourcePath: String? { get }

  /// How many consecutive rows, counted from multiples of this number, are best computed together: 1 when no row depends
  /// on another.
  ///
  /// Any rectangle can be read; one that cuts such a group makes the matrix compute the whole group.
  var rowGrain: Int { get }

  /// The same formula with its tensors replaced by others of the same shapes and types.
  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any MatrixFormula

  /// Reads small factors and surveys the operands as far as needed, so that rectangles can be read.
  ///
  /// - Throws: when a file cannot be read, or a factor is not finite and that is not allowed.
  func prepare(_ workspace: Workspace) throws -> any PreparedMatrix
}

extension MatrixFormula {
  package var operands: [any MatrixFormula] { [] }
  package var rowGrain: Int { operands.map(\.rowGrain).max() ?? 1 }
  package var byteCount: Int { 0 }
  package var sourcePath: String? { nil }

  /// The number of elements.
  package var elementCount: Int { rows * columns }

  /// The memory of the formula and everything that it is made of, in bytes.
  package var totalByteCount: Int {
    operands.reduce(byteCount) { $0 + $1.totalByteCount }
  }

  /// The first file that values come from.
  package var firstSourcePath: String? {
    sourcePath ?? operands.lazy.compactMap(\.firstSourcePath).first
  }
}

extension StoredBlock {
  /// The same block of another tensor of the same shape and type.
  package func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> StoredBlock {
    StoredBlock(
      tensor: moved(tensor), elementOffset: elementOffset, rows: rows, columns: columns,
      isTransposed: isTransposed)
  }
}

/// A matrix that can be read a rectangle at a time, from any thread.
package protocol PreparedMatrix: Sendable {
  /// The rows of the matrix.
  var rows: Int { get }
  /// The columns of the matrix.
  var columns: Int { get }
  /// Writes the elements of a rectangle, `[tile.rows, tile.columns]`, row after row, as float64.
  func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws
}
