import WeftFiles
import WeftKernels
import WeftTensors

/// Two matrices blended column by column, by how alike their columns are.
struct CosineBlend: MatrixFormula {
  let a: any MatrixFormula
  let b: any MatrixFormula
  /// Whether the one row is a vector, which is blended as a whole.
  let isVector: Bool
  /// A's shares in the columns, or in the vector.
  let shares: @Sendable (ColumnSimilarity) throws -> [Double]

  var rows: Int { a.rows }
  var columns: Int { a.columns }
  var operands: [any MatrixFormula] { [a, b] }
  /// The sums, their numbers and the shares.
  var byteCount: Int { columns * 8 * 8 }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any MatrixFormula {
    CosineBlend(a: a.reading(moved), b: b.reading(moved), isVector: isVector, shares: shares)
  }

  func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    let (a, b) = (try a.prepare(workspace), try b.prepare(workspace))
    let similarity = try ColumnSimilarity(
      a, b, tiles: tiles(grain: rowGrain), isVector: isVector, workspace)
    let shares = try shares(similarity)
    if isVector, let share = shares.first {
      return PreparedCombination(matrices: [b, a], factors: [1 - share, share])
    }
    let buffer = ByteBuffer(byteCount: shares.count * 8, isZeroed: false)
    buffer.all.set(shares)
    return Prepared(a: a, b: b, shares: buffer)
  }

  private struct Prepared: PreparedMatrix {
    let a: any PreparedMatrix
    let b: any PreparedMatrix
    let shares: ByteBuffer
    var rows: Int { a.rows }
    var columns: Int { a.columns }

    func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
      let part = tile.columns.lowerBound * 8..<tile.columns.upperBound * 8
      try workspace.reading(tile, of: [a, b]) { values in
        workspace.kernels.merging.blendColumns(
          values[0], values[1], shares: shares[part], into: target)
      }
    }
  }
}
