import WeftFiles
import WeftTensors

/// A sum of matrices whose factors follow, row by row, from the angles and distances between their rows.
struct RowCombination: MatrixFormula {
  let operands: [any MatrixFormula]
  let origin: Int?
  let rule: GramCombination.Rule

  var rows: Int { operands[0].rows }
  var columns: Int { operands[0].columns }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any MatrixFormula {
    RowCombination(
      operands: operands.map { $0.reading(moved) }, origin: origin, rule: rule)
  }

  func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    Prepared(
      matrices: try operands.map { try $0.prepare(workspace) }, origin: origin, rule: rule)
  }

  private struct Prepared: PreparedMatrix {
    let matrices: [any PreparedMatrix]
    let origin: Int?
    let rule: GramCombination.Rule
    var rows: Int { matrices[0].rows }
    var columns: Int { matrices[0].columns }

    func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
      let byteCount = tile.columns.count * 8
      for (index, row) in tile.rows.enumerated() {
        let whole = Tile(rows: row..<row + 1, columns: 0..<columns)
        let gram = try workspace.reading(whole, of: matrices) { slices in
          var gram = GramMatrix(count: matrices.count)
          gram.add(slices, origin: origin, workspace)
          return gram
        }
        let sum = PreparedCombination(matrices: matrices, factors: rule(gram))
        try sum.read(
          Tile(rows: row..<row + 1, columns: tile.columns),
          into: target[index * byteCount..<(index + 1) * byteCount], workspace)
      }
    }
  }
}
