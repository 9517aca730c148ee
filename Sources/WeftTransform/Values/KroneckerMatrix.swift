package import WeftFiles
import WeftKernels
import WeftTensors

/// The Kronecker product of two matrices: `[i · b + x, j · d + y]` is `left[i, j] · right[x, y]`.
///
/// For convolutions the columns of the right one are `[d · kh · kw]`; the flattened product is the product of the flattened
/// matrices.
package struct KroneckerMatrix: MatrixFormula {
  /// `[a, c]`; held in memory.
  package let left: any MatrixFormula
  /// `[b, d]`; held in memory unless it is large.
  package let right: any MatrixFormula

  /// The most elements of the right matrix that are held in memory.
  static let residentElementCount = 2 << 20

  /// The rows a · b.
  package var rows: Int { left.rows * right.rows }
  /// The columns c · d.
  package var columns: Int { left.columns * right.columns }
  /// Both matrices.
  package var operands: [any MatrixFormula] { [left, right] }
  /// What is held in memory.
  package var byteCount: Int {
    8 * (left.elementCount + (isResident ? right.elementCount : 0))
  }

  private var isResident: Bool { right.elementCount <= Self.residentElementCount }

  /// The product with its tensors replaced.
  package func reading(
    _ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor
  ) -> any MatrixFormula {
    KroneckerMatrix(left: left.reading(moved), right: right.reading(moved))
  }

  /// Computes what is held in memory.
  package func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    let left = try self.left.values(workspace)
    if isResident {
      return ResidentKronecker(
        rows: rows, columns: columns, left: left, leftColumns: self.left.columns,
        right: try right.values(workspace), rightColumns: right.columns)
    }
    return LargeKronecker(
      rows: rows, columns: columns, left: left, leftColumns: self.left.columns,
      right: try right.prepare(workspace))
  }
}

/// A product whose factors are in memory.
private struct ResidentKronecker: PreparedMatrix {
  let rows: Int
  let columns: Int
  let left: ByteSlice
  let leftColumns: Int
  let right: ByteSlice
  let rightColumns: Int

  func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) {
    Structured.kronecker(
      left, leftColumns: leftColumns, right, rightColumns: rightColumns, rows: tile.rows,
      columns: tile.columns, into: target)
  }
}

/// A product whose right factor is read where it is needed, a block after the other.
private struct LargeKronecker: PreparedMatrix {
  let rows: Int
  let columns: Int
  let left: ByteSlice
  let leftColumns: Int
  let right: any PreparedMatrix

  func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
    for blockRow in Self.blocks(tile.rows, right.rows) {
      for blockColumn in Self.blocks(tile.columns, right.columns) {
        let part = Tile(
          rows: Self.part(of: tile.rows, blockRow, right.rows),
          columns: Self.part(of: tile.columns, blockColumn, right.columns))
        try workspace.withElements(part.elementCount) { values in
          let place = blockRow * leftColumns + blockColumn
          let own = Tile(
            rows: Self.shifted(part.rows, -blockRow * right.rows),
            columns: Self.shifted(part.columns, -blockColumn * right.columns))
          try right.read(own, into: values, workspace)
          let factor = left.elements(place..<place + 1).doubles.first ?? 0
          factor == 0 ? values.setZero() : workspace.scale(values, by: factor)
          target.copy(part, of: values, within: tile)
        }
      }
    }
  }

  /// The blocks of a size that a range touches.
  private static func blocks(_ range: Range<Int>, _ size: Int) -> Range<Int> {
    range.isEmpty ? 0..<0 : range.lowerBound / size..<(range.upperBound - 1) / size + 1
  }

  private static func part(of range: Range<Int>, _ block: Int, _ size: Int) -> Range<Int> {
    range.clamped(to: block * size..<(block + 1) * size)
  }

  private static func shifted(_ range: Range<Int>, _ offset: Int) -> Range<Int> {
    range.lowerBound + offset..<range.upperBound + offset
  }
}

extension MatrixFormula {
  /// All elements, row after row, as float64 in new memory; a stored factor must be finite unless that is allowed.
  func values(_ workspace: Workspace) throws -> ByteSlice {
    if let stored = self as? StoredMatrix, stored.block.tensor.info.elementCount == elementCount,
      !stored.block.isTransposed
    {
      return try stored.block.tensor.doubles(workspace)
    }
    let target = ByteBuffer(byteCount: elementCount * 8, isZeroed: false)
    let whole = Tile(rows: 0..<rows, columns: 0..<columns)
    try prepare(workspace).read(whole, into: target.all, workspace)
    return target.all
  }
}
