import CKernels
package import WeftTensors

/// How much of some values a way to store them loses; parts are added up in order with `+=`.
///
/// It tells less than `Comparison`, and many times faster.
package struct SquaredError: Sendable, Hashable {
  /// The sum of (value - stored)^2; not finite when a value or what is stored of it is not.
  package private(set) var ofDifferences = 0.0
  /// The sum of value^2; not finite when a value is not.
  package private(set) var ofValues = 0.0

  /// The error of no values.
  package init() {}

  /// The error of float32 values that are stored as others, as many of them.
  package init(_ values: ByteSlice, stored: ByteSlice, isa: InstructionSet = .best) {
    precondition(values.byteCount == stored.byteCount && values.byteCount % 4 == 0)
    guard let value = values.start, let other = stored.start else { return }
    // In bounds: both slices hold as many float32, checked above.
    let sums = withExtendedLifetime((values, stored)) {
      weft_measure_squared_error(
        value.assumingMemoryBound(to: Float.self), other.assumingMemoryBound(to: Float.self),
        values.byteCount / 4, isa.raw)
    }
    (ofDifferences, ofValues) = (sums.of_differences, sums.of_values)
  }

  /// Adds a part that follows; sums depend on where the parts are cut, by rounding alone.
  package static func += (left: inout SquaredError, right: SquaredError) {
    left.ofDifferences += right.ofDifferences
    left.ofValues += right.ofValues
  }
}
