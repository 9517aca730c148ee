import WeftFiles
import WeftKernels
import WeftTensors

/// The factors of several low-rank products side by side, so that their product is the sum of all: down factors one below
/// the other, up factors next to each other.
struct JoinedFactors: MatrixFormula {
  let parts: [FactorMatrix]
  /// Whether the parts stand side by side; one below the other otherwise.
  let sideBySide: Bool

  var rows: Int {
    sideBySide ? parts.first?.rows ?? 0 : parts.reduce(0) { $0 + $1.rows }
  }

  var columns: Int {
    sideBySide ? parts.reduce(0) { $0 + $1.columns } : parts.first?.columns ?? 0
  }

  var byteCount: Int { elementCount * 8 }
  var operands: [any MatrixFormula] { parts }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any MatrixFormula {
    JoinedFactors(
      parts: parts.map {
        FactorMatrix(
          factor: $0.factor.reading(moved), rows: $0.rows, columns: $0.columns,
          coefficient: $0.coefficient)
      }, sideBySide: sideBySide)
  }

  func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    PreparedFactor(matrix: try matrix(workspace))
  }

  /// The joined numbers as F64.
  func matrix(_ workspace: Workspace) throws -> Matrix {
    let joined = Matrix(rows: rows, columns: columns, .f64)
    var first = 0
    for part in parts {
      let matrix = try part.matrix(workspace)
      for row in 0..<part.rows {
        let source = matrix.values(rows: row..<row + 1)
        let target = sideBySide ? joined.values(rows: row..<row + 1) : joined.values
        let offset = sideBySide ? first : (first + row) * columns
        target[offset * 8..<(offset + part.columns) * 8].copy(from: source)
      }
      first += sideBySide ? part.columns : part.rows
    }
    return joined
  }
}
