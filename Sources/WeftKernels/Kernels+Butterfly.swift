import CKernels
package import WeftTensors

extension Kernels {
  /// Does a stage of a butterfly in place: each block multiplies half as many neighbouring rows as it has, and as many
  /// a distance below.
  ///
  /// The values are `[groups · size, columns]`, the blocks `[groups, size, size]` for rows that lie half by half, the scratch
  /// `[2 · size, columns]`. The distance is size / 2 times a power of two, and twice as much divides all rows.
  package func butterfly(
    _ values: ByteSlice, blocks: ByteSlice, size: Int, distance: Int, columns: Int,
    scratch: ByteSlice
  ) {
    let groups = blocks.elementCount(.f64) / (size * size)
    precondition(size > 0 && size.isMultiple(of: 2) && distance.isMultiple(of: size / 2))
    precondition((groups * size).isMultiple(of: 2 * distance))
    precondition(values.elementCount(.f64) == groups * size * columns)
    precondition(scratch.elementCount(.f64) == 2 * size * columns)
    var stage = weft_butterfly_stage(
      blocks: blocks.float64, values: values.float64, groups: groups, size: size,
      distance: distance, columns: columns)
    // In bounds: 2 * distance divides the rows, so that the lower half of a group ends before them.
    withExtendedLifetime((values, blocks, scratch)) {
      weft_butterfly(table, &stage, scratch.float64)
    }
  }
}
