import CKernels
package import WeftTensors

/// The arithmetic of merging checkpoints over float64; every instruction set gives the same bits.
package struct MergeKernels: @unchecked Sendable {
  /// The functions; the table is constant and lives as long as the process.
  let table: UnsafePointer<weft_merge_kernels>

  /// The fastest functions that this processor runs.
  package static let best = MergeKernels(table: weft_merge_kernels_best())
  /// The functions that run everywhere.
  package static let plain = MergeKernels(table: weft_merge_kernels_plain())
}

extension Kernels {
  /// The kernels of merging for the same instruction set.
  package var merging: MergeKernels { table == Kernels.scalar.table ? .plain : .best }
}

/// A rectangle of a matrix, for arithmetic to which an element's place in the whole matters.
package struct Rectangle: Sendable {
  /// The rows.
  package let rows: Range<Int>
  /// The columns.
  package let columns: Range<Int>
  /// The columns of the whole matrix.
  package let stride: Int

  /// Makes a rectangle of a matrix that has `stride` columns.
  package init(rows: Range<Int>, columns: Range<Int>, stride: Int) {
    precondition(rows.lowerBound >= 0 && columns.lowerBound >= 0 && columns.upperBound <= stride)
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// The number of elements.
  package var elementCount: Int { rows.count * columns.count }

  /// The same for the kernels.
  var raw: weft_rectangle {
    weft_rectangle(
      first_row: rows.lowerBound, rows: rows.count, first_column: columns.lowerBound,
      columns: columns.count, stride: stride)
  }
}

extension MergeKernels {
  /// The sum of the products of two slices' elements, in an order that depends on their number alone.
  package func dot(_ a: ByteSlice, _ b: ByteSlice) -> Double {
    let count = a.elementCount(.f64)
    precondition(b.elementCount(.f64) == count)
    // In bounds: both slices hold `count` elements.
    return withExtendedLifetime((a, b)) { table.pointee.dot(a.float64, b.float64, count) }
  }

  /// The sum of the magnitudes of a slice's elements.
  package func sumOfMagnitudes(_ values: ByteSlice) -> Double {
    // In bounds: the count is the slice's own.
    withExtendedLifetime(values) {
      table.pointee.sum_magnitudes(values.float64, values.elementCount(.f64))
    }
  }

  /// Adds the sums over the rows of a · b, a · a and b · b to those of each column.
  ///
  /// `a` and `b` are `[rows, columns]`, where `columns` is the number of sums.
  package func addColumnDots(
    _ a: ByteSlice, _ b: ByteSlice, rows: Int, ab: ByteSlice, aa: ByteSlice, bb: ByteSlice
  ) {
    let columns = ab.elementCount(.f64)
    precondition(rows >= 0)
    for values in [a, b] { precondition(values.elementCount(.f64) == rows * columns) }
    for sums in [aa, bb] { precondition(sums.elementCount(.f64) == columns) }
    // In bounds: the matrices hold rows * columns elements, the sums `columns`.
    withExtendedLifetime((a, b, ab, aa, bb)) {
      table.pointee.add_column_dots(
        a.float64, b.float64, rows, columns, ab.float64, aa.float64, bb.float64)
    }
  }
}
