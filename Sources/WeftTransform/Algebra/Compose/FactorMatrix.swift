import WeftFiles
import WeftKernels
import WeftTensors

/// A factor of a low-rank product as a matrix, multiplied by a number.
struct FactorMatrix: MatrixFormula {
  let factor: Factor
  let rows: Int
  let columns: Int
  let coefficient: Double

  var byteCount: Int { factor.byteCount + elementCount * 8 }

  var sourcePath: String? {
    switch factor {
    case .stored(let tensor): tensor.source.path
    case .computed(let computed): computed.tensors.first?.source.path
    }
  }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any MatrixFormula {
    FactorMatrix(
      factor: factor.reading(moved), rows: rows, columns: columns, coefficient: coefficient)
  }

  func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    PreparedFactor(matrix: try matrix(workspace))
  }

  /// The numbers as F64.
  func matrix(_ workspace: Workspace) throws -> Matrix {
    let (values, dtype) = try factor.load(workspace)
    let matrix = Matrix(rows: rows, columns: columns, .f64)
    var tally = Tally()
    workspace.kernels.combine(
      [Addend(values, dtype, coefficient: coefficient)], into: matrix.values, .f64,
      tally: &tally)
    return matrix
  }
}

/// A matrix in memory whose rectangles are read.
struct PreparedFactor: PreparedMatrix {
  let matrix: Matrix

  var rows: Int { matrix.rows }
  var columns: Int { matrix.columns }

  func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) {
    let width = tile.columns.count * 8
    let first = tile.columns.lowerBound * 8
    for (index, row) in tile.rows.enumerated() {
      target[index * width..<(index + 1) * width].copy(
        from: matrix.values(rows: row..<row + 1)[first..<first + width])
    }
  }
}
