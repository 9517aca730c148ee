import CKernels
import WeftTensors

extension Matrix {
  /// Replaces the rows, [count, length] with count <= length, by orthonormal ones that span what they spanned, and gives
  /// the factor of the QR decomposition.
  ///
  /// The transpose `A` of the matrix is `Q · R`: afterwards the matrix is the transpose of Q, and the result is the
  /// transpose of R, [count, count], in the matrix' own type. Householder reflections, LAPACK's geqrf and orgqr.
  /// Source: https://github.com/Reference-LAPACK/lapack/blob/v3.12.0/SRC/sgeqrf.f
  @discardableResult
  package func orthonormalizeRows() throws -> Matrix {
    precondition(rows <= columns)
    let triangle = Matrix(rows: rows, columns: rows, dtype)
    guard rows > 0 else { return triangle }
    guard weft_lapack_load() else { throw OpenBLASMissing() }
    let (isWide, width, length, count) = (dtype == .f64, dtype.requiredByteWidth, columns, rows)
    let reflectors = ByteBuffer(byteCount: count * width)
    let start = values.start
    // In bounds for both calls: row-major [count, length] is column-major [length, count].
    try withWorkspace(of: "geqrf", width: width) { work, size in
      withExtendedLifetime((self, reflectors)) {
        weft_lapack_geqrf(isWide, length, count, start, reflectors.all.start, work, size)
      }
    }
    // Column j of R ends with its diagonal element: row j of the transpose has j + 1 elements.
    for row in 0..<count {
      let source = values(rows: row..<row + 1).prefix((row + 1) * width)
      triangle.values(rows: row..<row + 1).copy(from: source)
    }
    try withWorkspace(of: "orgqr", width: width) { work, size in
      withExtendedLifetime((self, reflectors)) {
        weft_lapack_orgqr(isWide, length, count, start, reflectors.all.start, work, size)
      }
    }
    return triangle
  }
}
