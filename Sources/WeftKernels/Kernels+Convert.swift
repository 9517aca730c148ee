import CKernels
package import WeftTensors

extension Kernels {
  /// Converts a whole slice, each value rounded once, to nearest, ties to even.
  ///
  /// Both types are floats, and `target` holds exactly as many elements as `source`. Equal types
  /// are copied as bits; otherwise a NaN becomes a quiet NaN.
  package func convert(
    _ source: ByteSlice, _ sourceDType: DType, into target: ByteSlice, _ dtype: DType,
    tally: inout Tally
  ) {
    let count = source.elementCount(sourceDType)
    precondition(target.elementCount(dtype) == count)
    let from = sourceDType.requiredKernelType
    let to = dtype.requiredKernelType
    // In bounds: both slices hold `count` elements, checked above.
    withExtendedLifetime((source, target)) {
      tally.counting { table.pointee.convert(source.start, from, target.start, to, count, &$0) }
    }
  }

  /// Widens a whole slice to f32 or f64, which loses nothing.
  package func widen(
    _ source: ByteSlice, _ sourceDType: DType, into target: ByteSlice, _ dtype: DType
  ) {
    precondition(dtype == .f64 || (dtype == .f32 && sourceDType != .f64))
    var tally = Tally()
    convert(source, sourceDType, into: target, dtype, tally: &tally)
  }

  /// The number of NaN and infinite values; zero for types that are not f16, bf16, f32 or f64.
  package func countNonFinite(_ slice: ByteSlice, _ dtype: DType) -> Int {
    guard let type = dtype.kernelType else { return 0 }
    let count = slice.elementCount(dtype)
    // In bounds: the slice holds `count` elements.
    return withExtendedLifetime(slice) {
      Int(table.pointee.count_nonfinite(slice.start, type, count))
    }
  }
}
