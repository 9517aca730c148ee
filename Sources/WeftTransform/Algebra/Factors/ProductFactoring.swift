import WeftKernels
import WeftTensors

/// The truncated singular value decomposition of a product of two thin factors, without the product.
///
/// With QR decompositions `up = Q_u · R_u` and `downᵀ = Q_d · R_d`, the singular values of the product are those of the
/// small core `R_u · R_dᵀ`. A factor that is not thin, as of a layer with few outputs, is its own R. Everything is
/// float64. Memory: 16 bytes times the rank times rows + columns.
struct ProductFactoring {
  /// The product's singular values, squared, descending; those that are zero by the factors' sizes are left out.
  let energies: [Double]
  /// The sum of their squares: the squared norm of the product.
  let total: Double
  private let left: Side
  private let right: Side
  private let core: SingularValues

  /// One side of the product: an orthonormal basis, and what the core has of it.
  private struct Side {
    /// The basis as rows, [size, length]; nil for the coordinates themselves.
    let basis: Matrix?
    /// The transpose of R, [rank, size].
    let triangle: Matrix
    var size: Int { triangle.columns }

    /// Decomposes a factor, [rank, length], which is overwritten.
    init(_ factor: Matrix) throws {
      basis = factor.rows <= factor.columns ? factor : nil
      triangle = try basis?.orthonormalizeRows() ?? factor
    }

    /// The vectors whose coordinates are given as rows, [rank, size], times the basis: [rank, length].
    func vectors(_ coordinates: Matrix) throws -> Matrix {
      guard let basis else { return coordinates }
      return try Matrix.product(coordinates.view, basis.view)
    }
  }

  /// Decomposes `upᵀ` [rank, rows] and `down` [rank, columns], both F64, which are overwritten.
  init(transposedUp: Matrix, down: Matrix) throws {
    left = try Side(transposedUp)
    right = try Side(down)
    // A square core is what the decomposition takes; the rest is zero.
    let size = max(left.size, right.size)
    let square = Matrix(rows: size, columns: size, .f64)
    let product = try Matrix.product(left.triangle.view.transposed, right.triangle.view)
    for row in 0..<product.rows {
      square.values(rows: row..<row + 1).copy(from: product.values(rows: row..<row + 1))
    }
    core = try SingularValues(overwriting: square)
    energies = core.values.prefix(min(left.size, right.size)).map { $0 * $0 }
    total = energies.reduce(0, +)
  }

  /// The best factors of a rank, with the roots of the singular values in both.
  func factors(rank: Int, dtype: DType) throws -> LowRankFactors {
    let roots = core.values.prefix(rank).map { $0.squareRoot() }
    let turned = Self.transposed(core.left)
    let up = try left.vectors(Self.scaled(turned, rank: rank, size: left.size, roots))
    let down = try right.vectors(Self.scaled(core.right, rank: rank, size: right.size, roots))
    return LowRankFactors(
      up: Self.transposed(up), down: down, energies: Array(energies.prefix(rank)), dtype: dtype)
  }

  /// The first vectors of some rows, without the coordinates that only make a core square.
  private static func scaled(
    _ vectors: Matrix, rank: Int, size: Int, _ factors: [Double]
  ) -> Matrix {
    let result = Matrix(rows: rank, columns: size, .f64)
    for row in 0..<rank {
      result.values(rows: row..<row + 1).copy(
        from: vectors.values(rows: row..<row + 1).prefix(size * 8))
    }
    result.scaleRows(by: factors)
    return result
  }

  private static func transposed(_ matrix: Matrix) -> Matrix {
    let result = Matrix(rows: matrix.columns, columns: matrix.rows, .f64)
    transpose(
      matrix.values, rows: matrix.rows, columns: matrix.columns, elementWidth: 8,
      into: result.values)
    return result
  }
}
