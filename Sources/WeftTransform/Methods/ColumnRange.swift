import WeftFiles
import WeftTensors

/// Some neighbouring columns of a matrix.
struct ColumnRange: MatrixFormula {
  let original: any MatrixFormula
  let range: Range<Int>

  init(_ original: any MatrixFormula, columns: Range<Int>) {
    precondition(columns.lowerBound >= 0 && columns.upperBound <= original.columns)
    self.original = original
    range = columns
  }

  var rows: Int { original.rows }
  var columns: Int { range.count }
  var operands: [any MatrixFormula] { [original] }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any MatrixFormula {
    ColumnRange(original.reading(moved), columns: range)
  }

  func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    Prepared(original: try original.prepare(workspace), range: range)
  }

  private struct Prepared: PreparedMatrix {
    let original: any PreparedMatrix
    let range: Range<Int>
    var rows: Int { original.rows }
    var columns: Int { range.count }

    func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
      let start = range.lowerBound
      let columns = start + tile.columns.lowerBound..<start + tile.columns.upperBound
      try original.read(Tile(rows: tile.rows, columns: columns), into: target, workspace)
    }
  }
}
