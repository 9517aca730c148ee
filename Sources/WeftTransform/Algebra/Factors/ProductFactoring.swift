import WeftKernels
import WeftTensors

/// The truncated singular value decomposition of a product of two thin factors, without the product.
///
/// With QR decompositions `up = Q_u · R_u` and `downᵀ = Q_d · R_d`, the singular values of the product are those of the
/// small core `R_u · R_dᵀ`. Everything is float64. Memory: 16 bytes times the rank times rows + columns.
struct ProductFactoring {
  /// The product's singular values, squared, descending.
  let energies: [Double]
  /// The sum of their squares: the squared norm of the product.
  let total: Double
  /// The orthonormal columns of up as rows, [rank, rows].
  private let left: Matrix
  /// The orthonormal rows of down, [rank, columns].
  private let right: Matrix
  private let core: SingularValues

  /// Decomposes `upᵀ` [rank, rows] and `down` [rank, columns], both F64, which are overwritten.
  ///
  /// The rank is at most rows and columns.
  init(transposedUp: Matrix, down: Matrix) throws {
    (left, right) = (transposedUp, down)
    let upper = try left.orthonormalizeRows()  // R_uᵀ
    let other = try right.orthonormalizeRows()  // R_dᵀ
    core = try SingularValues(
      overwriting: try Matrix.product(upper.view.transposed, other.view))
    energies = core.values.map { $0 * $0 }
    total = energies.reduce(0, +)
  }

  /// The best factors of a rank, with the roots of the singular values in both.
  func factors(rank: Int, dtype: DType) throws -> LowRankFactors {
    let roots = core.values.prefix(rank).map { $0.squareRoot() }
    let rows = core.right.prefix(rank)
    rows.scaleRows(by: roots)
    let columns = Matrix(rows: core.left.rows, columns: rank, .f64)
    for row in 0..<columns.rows {
      columns.values(rows: row..<row + 1).copy(
        from: core.left.values(rows: row..<row + 1).prefix(rank * 8))
    }
    columns.scaleColumns(by: roots)
    return LowRankFactors(
      up: try Matrix.product(left.view.transposed, columns.view),
      down: try Matrix.product(rows.view, right.view), energies: Array(energies.prefix(rank)),
      dtype: dtype)
  }
}
