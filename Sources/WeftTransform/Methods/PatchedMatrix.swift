import WeftFiles
import WeftKernels
import WeftTensors

/// A matrix in which a rectangle is replaced by another's.
///
/// The one inside has all rows and columns of the rectangle's end at least, and the rectangle lies at the same place in
/// both.
struct PatchedMatrix: MatrixFormula {
  let outside: any MatrixFormula
  let inside: any MatrixFormula
  let patch: Tile

  init(
    _ outside: any MatrixFormula, inside: any MatrixFormula, rows: Range<Int>,
    columns: Range<Int>
  ) {
    precondition(rows.upperBound <= inside.rows && columns.upperBound <= inside.columns)
    self.outside = outside
    self.inside = inside
    patch = Tile(rows: rows, columns: columns)
  }

  var rows: Int { outside.rows }
  var columns: Int { outside.columns }
  var operands: [any MatrixFormula] { [outside, inside] }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any MatrixFormula {
    PatchedMatrix(
      outside.reading(moved), inside: inside.reading(moved), rows: patch.rows,
      columns: patch.columns)
  }

  func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    Prepared(
      outside: try outside.prepare(workspace), inside: try inside.prepare(workspace),
      patch: patch)
  }

  private struct Prepared: PreparedMatrix {
    let outside: any PreparedMatrix
    let inside: any PreparedMatrix
    let patch: Tile
    var rows: Int { outside.rows }
    var columns: Int { outside.columns }

    func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
      let part = Tile(
        rows: tile.rows.clamped(to: patch.rows), columns: tile.columns.clamped(to: patch.columns))
      if part.elementCount == tile.elementCount {
        return try inside.read(tile, into: target, workspace)
      }
      try outside.read(tile, into: target, workspace)
      guard part.elementCount > 0 else { return }
      try workspace.withElements(part.elementCount) { values in
        try inside.read(part, into: values, workspace)
        part.copy(values, to: tile, target)
      }
    }
  }
}

extension Tile {
  /// Copies a rectangle of float64 to its place in a larger one.
  func copy(_ values: ByteSlice, to whole: Tile, _ target: ByteSlice) {
    let byteCount = columns.count * 8
    let skipped = columns.lowerBound - whole.columns.lowerBound
    for (index, row) in rows.enumerated() {
      let start = ((row - whole.rows.lowerBound) * whole.columns.count + skipped) * 8
      target[start..<start + byteCount].copy(
        from: values[index * byteCount..<(index + 1) * byteCount])
    }
  }

  /// Copies the part of a larger rectangle of float64 that this one is.
  func copy(outOf whole: Tile, _ values: ByteSlice, to target: ByteSlice) {
    let byteCount = columns.count * 8
    let skipped = columns.lowerBound - whole.columns.lowerBound
    for (index, row) in rows.enumerated() {
      let start = ((row - whole.rows.lowerBound) * whole.columns.count + skipped) * 8
      target[index * byteCount..<(index + 1) * byteCount].copy(
        from: values[start..<start + byteCount])
    }
  }

  /// The same for the kernels; `stride` is the number of the whole matrix' columns.
  func rectangle(stride: Int) -> Rectangle {
    Rectangle(rows: rows, columns: columns, stride: stride)
  }
}
