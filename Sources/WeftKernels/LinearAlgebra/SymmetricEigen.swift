import CKernels
import WeftTensors

/// The eigenvalues and eigenvectors of a symmetric float64 matrix, the greatest first.
///
/// LAPACK's dsyevd. Memory: 32 bytes an element of the matrix while it works.
/// Source: https://github.com/Reference-LAPACK/lapack/blob/v3.12.0/SRC/dsyevd.f
package struct SymmetricEigen: Sendable {
  /// The eigenvalues, descending.
  package let values: [Double]
  /// The eigenvectors as rows, in the order of the values: [n, n].
  package let vectors: Matrix

  /// Decomposes a matrix of which only the upper triangle is looked at; the matrix is overwritten.
  package init(overwriting matrix: Matrix) throws {
    let size = matrix.rows
    precondition(matrix.columns == size && matrix.dtype == .f64)
    guard weft_lapack_load() else { throw OpenBLASMissing() }
    var ascending = [Double](repeating: 0, count: size)
    if size > 0 { try Self.decompose(matrix, into: &ascending) }
    values = ascending.reversed()
    // Column-major columns are rows here, in ascending order.
    vectors = Matrix(rows: size, columns: size, .f64)
    for row in 0..<size {
      vectors.values(rows: row..<row + 1).copy(
        from: matrix.values(rows: size - 1 - row..<size - row))
    }
  }

  private static func decompose(_ matrix: Matrix, into values: inout [Double]) throws {
    let size = matrix.rows
    // What dsyevd asks for when it computes vectors.
    let integerCount = 3 + 5 * size
    var integers = [Int32](repeating: 0, count: integerCount)
    try withWorkspace(of: "dsyevd", width: 8) { work, count in
      // In bounds: the arrays have the sizes that the function asks for.
      matrix.withDoubles { elements in
        weft_lapack_syevd(
          size, elements, &values, work?.assumingMemoryBound(to: Double.self), count, &integers,
          count < 0 ? -1 : integerCount)
      } ?? 0
    }
  }
}
