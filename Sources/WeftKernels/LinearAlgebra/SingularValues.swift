import CKernels
import WeftTensors

/// The singular value decomposition of a square float64 matrix: `left · diag(values) · right`.
///
/// LAPACK's dgesdd, for the small cores of low-rank products. Memory: about 80 bytes an element while it works.
/// Source: https://github.com/Reference-LAPACK/lapack/blob/v3.12.0/SRC/dgesdd.f
package struct SingularValues: Sendable {
  /// The singular values, descending.
  package let values: [Double]
  /// The left vectors as columns, [n, n].
  package let left: Matrix
  /// The right vectors as rows, [n, n].
  package let right: Matrix

  /// Decomposes a matrix, which is overwritten.
  package init(overwriting matrix: Matrix) throws {
    let size = matrix.rows
    precondition(matrix.columns == size && matrix.dtype == .f64)
    guard weft_lapack_load() else { throw OpenBLASMissing() }
    // Column-major, the matrix is its own transpose: U and V change their places.
    let (left, right) = (
      Matrix(rows: size, columns: size, .f64), Matrix(rows: size, columns: size, .f64)
    )
    var values = [Double](repeating: 0, count: size)
    var integers = [Int32](repeating: 0, count: 8 * size)
    if size > 0 {
      try withWorkspace(of: "dgesdd", width: 8) { work, count in
        // In bounds: all matrices are [size, size], the arrays as long as the function asks for.
        withExtendedLifetime((left, right)) {
          matrix.withDoubles { elements in
            weft_lapack_gesdd(
              size, elements, &values, right.values.start?.assumingMemoryBound(to: Double.self),
              left.values.start?.assumingMemoryBound(to: Double.self),
              work?.assumingMemoryBound(to: Double.self), count, &integers)
          } ?? 0
        }
      }
    }
    (self.values, self.left, self.right) = (values, left, right)
  }
}
