import CKernels
package import WeftTensors

/// Arithmetic on float64 matrices of a special structure, the same on every processor.
package enum Structured {
  /// Writes a rectangle of the Kronecker product of two matrices, row after row.
  ///
  /// Element `[i · b + x, j · d + y]` is `left[i, j] · right[x, y]` with left `[a, leftColumns]`, right `[b, rightColumns]`.
  package static func kronecker(
    _ left: ByteSlice, leftColumns: Int, _ right: ByteSlice, rightColumns: Int,
    rows: Range<Int>, columns: Range<Int>, into target: ByteSlice
  ) {
    precondition(leftColumns > 0 && rightColumns > 0 && rows.lowerBound >= 0)
    let leftRows = left.elementCount(.f64) / leftColumns
    let rightRows = right.elementCount(.f64) / rightColumns
    precondition(rightRows > 0 && rows.upperBound <= leftRows * rightRows)
    precondition(columns.lowerBound >= 0 && columns.upperBound <= leftColumns * rightColumns)
    precondition(target.elementCount(.f64) == rows.count * columns.count)
    var part = weft_kronecker_part(
      left: left.float64, right: right.float64, left_columns: leftColumns,
      right_rows: rightRows, right_columns: rightColumns, first_row: rows.lowerBound,
      last_row: rows.upperBound, first_column: columns.lowerBound,
      last_column: columns.upperBound)
    // In bounds: the rectangle lies in the product, and the target holds it, checked above.
    withExtendedLifetime((left, right, target)) { weft_kronecker(&part, target.float64) }
  }

  /// Copies a rectangle of `[rows, columns]` out of wider rows, or into them.
  ///
  /// Offsets are those of the first elements, strides the distances of the rows, both in elements.
  package static func copy(
    _ source: ByteSlice, at sourceOffset: Int, stride sourceStride: Int, into target: ByteSlice,
    at targetOffset: Int, stride targetStride: Int, rows: Int, columns: Int
  ) {
    guard rows > 0, columns > 0 else { return }
    let sourceEnd = sourceOffset + (rows - 1) * sourceStride + columns
    let targetEnd = targetOffset + (rows - 1) * targetStride + columns
    precondition(sourceOffset >= 0 && sourceStride >= columns && targetStride >= columns)
    precondition(targetOffset >= 0 && sourceEnd <= source.elementCount(.f64))
    precondition(targetEnd <= target.elementCount(.f64))
    // In bounds: the last elements of both rectangles lie in their slices, checked above.
    withExtendedLifetime((source, target)) {
      weft_copy_rectangle(
        source.float64?.advanced(by: sourceOffset), sourceStride,
        target.float64?.advanced(by: targetOffset), targetStride, rows, columns)
    }
  }

  /// Writes B - Bᵀ of a square matrix.
  package static func skew(_ block: ByteSlice, size: Int, into target: ByteSlice) {
    checkSquare(block, size)
    checkSquare(target, size)
    // In bounds: both are size * size.
    withExtendedLifetime((block, target)) { weft_skew(block.float64, size, target.float64) }
  }

  /// Adds a value to the diagonal of a square matrix.
  package static func addDiagonal(_ value: Double, to matrix: ByteSlice, size: Int) {
    checkSquare(matrix, size)
    // In bounds: the matrix is size * size.
    withExtendedLifetime(matrix) { weft_add_diagonal(matrix.float64, size, value) }
  }

  /// Writes the inverse of a square matrix, which is overwritten, too.
  ///
  /// - Returns: whether there is an inverse.
  package static func invert(_ matrix: ByteSlice, size: Int, into inverse: ByteSlice) -> Bool {
    checkSquare(matrix, size)
    checkSquare(inverse, size)
    // In bounds: both are size * size.
    return withExtendedLifetime((matrix, inverse)) {
      weft_invert(matrix.float64, size, inverse.float64)
    }
  }

  private static func checkSquare(_ matrix: ByteSlice, _ size: Int) {
    precondition(size >= 0 && matrix.elementCount(.f64) == size * size)
  }
}
