import CKernels
package import WeftTensors

/// Simple arithmetic on float64 matrices, the same on every processor.
package enum Elementwise {
  /// Writes scale · a ⊙ b; the target may be one of them.
  package static func multiply(
    _ a: ByteSlice, _ b: ByteSlice, scale: Double = 1, into target: ByteSlice
  ) {
    let count = target.elementCount(.f64)
    precondition(a.elementCount(.f64) == count && b.elementCount(.f64) == count)
    // In bounds: the three slices hold `count` elements.
    withExtendedLifetime((a, b, target)) {
      weft_multiply(a.float64, b.float64, scale, target.float64, count)
    }
  }

  /// Multiplies each row of a matrix by its factor; there are as many rows as factors.
  package static func scaleRows(_ values: ByteSlice, by factors: ByteSlice) {
    let rows = factors.elementCount(.f64)
    let columns = columns(of: values, rows: rows)
    // In bounds: the values are rows * columns, the factors `rows`.
    withExtendedLifetime((values, factors)) {
      weft_scale_rows(values.float64, rows, columns, factors.float64)
    }
  }

  /// Multiplies the columns of a part of a matrix by factors, of which each counts for `group` neighbouring columns of the
  /// whole matrix, such as the taps of an input channel.
  package static func scaleColumns(
    _ values: ByteSlice, rows: Int, columns: Range<Int>, group: Int, by factors: ByteSlice
  ) {
    check(values, rows: rows, columns: columns, group: group, factors)
    // In bounds: the last factor is that of the last column, checked above.
    withExtendedLifetime((values, factors)) {
      weft_scale_columns(
        values.float64, rows, columns.count, columns.lowerBound, group, factors.float64)
    }
  }

  /// Adds the sum of the squares of each row to its sum.
  package static func addRowSquares(of values: ByteSlice, to sums: ByteSlice) {
    let rows = sums.elementCount(.f64)
    let columns = columns(of: values, rows: rows)
    // In bounds: the values are rows * columns, the sums `rows`.
    withExtendedLifetime((values, sums)) {
      weft_add_row_squares(values.float64, rows, columns, sums.float64)
    }
  }

  /// Adds the squares of the columns of a part of a matrix to sums, of which each is of `group` neighbouring columns.
  package static func addColumnSquares(
    of values: ByteSlice, rows: Int, columns: Range<Int>, group: Int, to sums: ByteSlice
  ) {
    check(values, rows: rows, columns: columns, group: group, sums)
    // In bounds: the last sum is that of the last column, checked above.
    withExtendedLifetime((values, sums)) {
      weft_add_column_squares(
        values.float64, rows, columns.count, columns.lowerBound, group, sums.float64)
    }
  }

  private static func columns(of values: ByteSlice, rows: Int) -> Int {
    let count = values.elementCount(.f64)
    precondition(rows == 0 ? count == 0 : count % rows == 0)
    return rows == 0 ? 0 : count / rows
  }

  private static func check(
    _ values: ByteSlice, rows: Int, columns: Range<Int>, group: Int, _ factors: ByteSlice
  ) {
    precondition(rows >= 0 && columns.lowerBound >= 0 && group > 0)
    precondition(values.elementCount(.f64) == rows * columns.count)
    let least = (columns.upperBound + group - 1) / group
    precondition(columns.isEmpty || factors.elementCount(.f64) >= least)
  }
}

extension ByteSlice {
  /// The numbers of a slice of float64.
  package var doubles: [Double] {
    // In bounds: the count is that of the slice.
    withExtendedLifetime(self) {
      Array(UnsafeBufferPointer(start: float64, count: elementCount(.f64)))
    }
  }

  /// Overwrites a slice of float64 with as many numbers.
  package func set(_ numbers: [Double]) {
    precondition(elementCount(.f64) == numbers.count)
    withExtendedLifetime(self) {
      numbers.withUnsafeBytes { memory.copyMemory(from: $0) }
    }
  }

  /// Fills a slice of float64 with zeros.
  package func setZero() {
    // In bounds: the count is that of the slice.
    withExtendedLifetime(self) {
      _ = memory.initializeMemory(as: UInt8.self, repeating: 0)
    }
  }
}
