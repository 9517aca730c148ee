package import WeftTensors

/// A dense matrix of float32 or float64 in memory, row after row without gaps.
///
/// One thread at a time may write to it. Memory: 4 or 8 bytes an element.
package final class Matrix: @unchecked Sendable {
  /// The rows.
  package let rows: Int
  /// The columns.
  package let columns: Int
  /// F32 or F64.
  package let dtype: DType
  private let buffer: ByteBuffer

  /// Makes a matrix of zeros, [rows, columns].
  package init(rows: Int, columns: Int, _ dtype: DType) {
    precondition(dtype == .f32 || dtype == .f64)
    // The interface of OpenBLAS counts in 32 bits.
    precondition((0...Int(Int32.max)).contains(rows) && (0...Int(Int32.max)).contains(columns))
    self.rows = rows
    self.columns = columns
    self.dtype = dtype
    buffer = ByteBuffer(byteCount: rows * columns * dtype.requiredByteWidth)
  }

  /// The number of elements.
  package var elementCount: Int { rows * columns }

  /// All elements.
  package var values: ByteSlice { buffer.all }

  /// The elements of some whole rows.
  package func values(rows part: Range<Int>) -> ByteSlice {
    let width = columns * dtype.requiredByteWidth
    return buffer[part.lowerBound * width..<part.upperBound * width]
  }

  /// The same numbers in another type, each rounded once.
  package func converted(to dtype: DType) -> Matrix {
    let result = Matrix(rows: rows, columns: columns, dtype)
    var tally = Tally()
    Kernels.best.convert(values, self.dtype, into: result.values, dtype, tally: &tally)
    return result
  }

  /// The whole matrix, to compute with.
  package var view: MatrixView {
    MatrixView(
      values: values, dtype: dtype, rows: rows, columns: columns, stride: columns,
      isTransposed: false)
  }

  /// Some whole rows, to compute with.
  package func view(rows part: Range<Int>) -> MatrixView {
    MatrixView(
      values: values(rows: part), dtype: dtype, rows: part.count, columns: columns,
      stride: columns, isTransposed: false)
  }

  /// Some whole columns, to compute with.
  package func view(columns part: Range<Int>) -> MatrixView {
    precondition(part.lowerBound >= 0 && part.upperBound <= columns)
    let first = part.lowerBound * dtype.requiredByteWidth
    return MatrixView(
      values: buffer[min(first, buffer.byteCount)..<buffer.byteCount], dtype: dtype, rows: rows,
      columns: part.count, stride: columns, isTransposed: false)
  }

  /// A copy of the first rows.
  package func prefix(_ count: Int) -> Matrix {
    let result = Matrix(rows: count, columns: columns, dtype)
    result.values.copy(from: values(rows: 0..<count))
    return result
  }
}

extension Matrix {
  /// The elements of a float64 matrix, for a closure that stays within `elementCount`.
  func withDoubles<Result>(_ body: (UnsafeMutablePointer<Double>) -> Result) -> Result? {
    precondition(dtype == .f64)
    return withExtendedLifetime(self) {
      values.start.map { body($0.assumingMemoryBound(to: Double.self)) }
    }
  }

  /// An element of a float64 matrix.
  package subscript(row: Int, column: Int) -> Double {
    get {
      precondition((0..<rows).contains(row) && (0..<columns).contains(column))
      return withDoubles { $0[row * columns + column] } ?? 0  // in bounds: checked above
    }
    set {
      precondition((0..<rows).contains(row) && (0..<columns).contains(column))
      withDoubles { $0[row * columns + column] = newValue }  // in bounds: checked above
    }
  }

  /// Multiplies each row of a float64 matrix by its own factor.
  package func scaleRows(by factors: [Double]) {
    precondition(factors.count == rows)
    withDoubles { values in
      for row in 0..<rows {
        // In bounds: `row` and `column` are below the sizes.
        for column in 0..<columns { values[row * columns + column] *= factors[row] }
      }
    }
  }

  /// Multiplies each column of a float64 matrix by its own factor.
  package func scaleColumns(by factors: [Double]) {
    precondition(factors.count == columns)
    withDoubles { values in
      for row in 0..<rows {
        // In bounds: `row` and `column` are below the sizes.
        for column in 0..<columns { values[row * columns + column] *= factors[column] }
      }
    }
  }
}
