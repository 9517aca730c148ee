import CKernels
package import WeftTensors

/// Writes the transpose [columns, rows] of a matrix [rows, columns]; the slices do not overlap.
///
/// Elements are 1, 2, 4 or 8 bytes wide and are moved as bits.
package func transpose(
  _ source: ByteSlice, rows: Int, columns: Int, elementWidth: Int, into target: ByteSlice
) {
  precondition([1, 2, 4, 8].contains(elementWidth))
  precondition(source.byteCount == rows * columns * elementWidth)
  precondition(target.byteCount == source.byteCount)
  // In bounds: both slices hold rows * columns elements.
  withExtendedLifetime((source, target)) {
    weft_transpose(source.start, rows, columns, elementWidth, target.start)
  }
}
