import CKernels
package import WeftTensors

extension Kernels {
  /// Writes base + U * D for a part of a weight, each value rounded once to `dtype`.
  ///
  /// `base` and `target` hold exactly rows x columns elements without gaps and may be the same
  /// slice when the types agree; they do not overlap otherwise. The result is defined in float64 with k ascending, so it does not depend on the kernels
  /// or on how a weight is cut into parts.
  ///
  /// - Returns: how many elements were settled by a second computation in float64.
  @discardableResult
  package func fuseLowRank(
    base: ByteSlice, _ baseDType: DType, operand: LowRankOperand, rows: Range<Int>,
    columns: Range<Int>, into target: ByteSlice, _ dtype: DType, tally: inout Tally
  ) -> Int {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= operand.rows)
    precondition(columns.lowerBound >= 0 && columns.upperBound <= operand.columns)
    let count = rows.count * columns.count
    precondition(base.elementCount(baseDType) == count && target.elementCount(dtype) == count)
    let region = weft_region(
      row: rows.lowerBound, row_count: rows.count, column: columns.lowerBound,
      column_count: columns.count)
    let (from, to) = (baseDType.requiredKernelType, dtype.requiredKernelType)
    // In bounds: the region lies within the operand, and both slices hold its elements.
    return withExtendedLifetime((base, target)) {
      operand.withKernelOperand { parts in
        tally.counting { counts in
          Int(table.pointee.fuse(parts, region, base.start, from, target.start, to, &counts))
        }
      }
    }
  }
}
