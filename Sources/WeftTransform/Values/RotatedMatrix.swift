package import WeftFiles
import WeftKernels
import WeftTensors

/// A weight whose rows are rotated in groups, and then scaled: `W'_k = Mᵀ_k · W_k · s` with `M = I + m (R − I)`.
///
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/modules/diag_oft.py (make_weight)
package struct RotatedMatrix: MatrixFormula {
  /// The weight.
  package let weight: any MatrixFormula
  /// The rotations, of which there are rows / size.
  package let rotations: Rotations
  /// The factors s of the rows, or nil.
  package let rescale: Checkpoint.Tensor?
  /// The strength m; the factors do not depend on it.
  package let strength: Double

  /// The rows of the weight.
  package var rows: Int { weight.rows }
  /// The columns of the weight.
  package var columns: Int { weight.columns }
  /// The weight.
  package var operands: [any MatrixFormula] { [weight] }
  /// The rows of a block, or the weight's own groups where those are larger.
  package var rowGrain: Int { commonGrain(rotations.size, weight.rowGrain, rows: rows) }
  /// The blocks.
  package var byteCount: Int { rotations.byteCount + 8 * rows }

  /// The matrix with its tensors replaced.
  package func reading(
    _ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor
  ) -> any MatrixFormula {
    RotatedMatrix(
      weight: weight.reading(moved), rotations: rotations.reading(moved),
      rescale: rescale.map(moved), strength: strength)
  }

  /// Computes the matrices by which the groups are multiplied.
  package func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    let size = rotations.size
    let blocks = try rotations.values(strength: strength, workspace)
    for index in 0..<rotations.count {
      let block = blocks.elements(index * size * size..<(index + 1) * size * size)
      workspace.withElements(size * size) { turned in
        transpose(block, rows: size, columns: size, elementWidth: 8, into: turned)
        block.copy(from: turned)
      }
    }
    if let rescale {
      // A factor of a row of W' is one of a row of Mᵀ: [count · size] factors, [count · size, size] rows.
      Elementwise.scaleRows(blocks, by: try rescale.doubles(workspace))
    }
    return Prepared(weight: try weight.prepare(workspace), blocks: blocks, size: size)
  }

  private struct Prepared: PreparedMatrix {
    let weight: any PreparedMatrix
    let blocks: ByteSlice
    let size: Int
    var rows: Int { weight.rows }
    var columns: Int { weight.columns }

    func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
      try readGroups(size, tile, into: target, workspace) { tile, target in
        try workspace.withElements(tile.elementCount) { values in
          try weight.read(tile, into: values, workspace)
          let span = size * tile.columns.count
          for group in 0..<tile.rows.count / size {
            let index = tile.rows.lowerBound / size + group
            try workspace.product(
              blocks.elements(index * size * size..<(index + 1) * size * size),
              values.elements(group * span..<(group + 1) * span),
              into: target.elements(group * span..<(group + 1) * span), rows: size, inner: size,
              columns: tile.columns.count)
          }
        }
      }
    }
  }
}

/// The least number of rows that holds whole groups of both sizes, or all rows.
func commonGrain(_ one: Int, _ other: Int, rows: Int) -> Int {
  if one % other == 0 { return one }
  if other % one == 0 { return other }
  return rows
}
