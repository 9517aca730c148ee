import CKernels
package import WeftTensors

/// How two tensors differ; parts are added up in order with `+=`.
///
/// The sums and the greatest difference leave out pairs of which one is not finite.
package struct Comparison: Sendable, Hashable {
  /// The number of pairs.
  package var count = 0
  /// The number of unequal pairs, where NaN equals NaN.
  package var different = 0
  /// The number of pairs more than one unit in the last place apart; zero unless the types agree.
  package var beyondOneUnit = 0
  /// The number of unequal pairs of which one is not finite.
  package var nonFiniteMismatches = 0
  /// The number of finite pairs of which b is zero and a is not.
  package var flushed = 0
  /// The greatest |a - b|.
  package var maxDifference = 0.0
  /// The first index of the greatest difference, or nil when there is none.
  package var maxIndex: Int?
  /// The sum of (a - b) squared.
  package var sumSquaredDifference = 0.0
  /// The sum of a squared.
  package var sumSquaredA = 0.0
  /// The sum of b squared.
  package var sumSquaredB = 0.0
  /// The sum of a * b.
  package var dot = 0.0

  /// A comparison of nothing.
  package init() {}

  init(_ raw: weft_comparison, firstIndex: Int) {
    count = Int(raw.count)
    different = Int(raw.different)
    beyondOneUnit = Int(raw.beyond_one_unit)
    nonFiniteMismatches = Int(raw.nonfinite_mismatches)
    flushed = Int(raw.flushed)
    maxDifference = raw.max_difference
    maxIndex = raw.max_difference > 0 ? firstIndex + Int(raw.max_index) : nil
    sumSquaredDifference = raw.sum_squared_difference
    sumSquaredA = raw.sum_squared_a
    sumSquaredB = raw.sum_squared_b
    dot = raw.dot
  }

  /// Adds a part that follows; sums depend on where the parts are cut, by rounding alone.
  package static func += (left: inout Comparison, right: Comparison) {
    left.count += right.count
    left.different += right.different
    left.beyondOneUnit += right.beyondOneUnit
    left.nonFiniteMismatches += right.nonFiniteMismatches
    left.flushed += right.flushed
    if right.maxDifference > left.maxDifference {
      (left.maxDifference, left.maxIndex) = (right.maxDifference, right.maxIndex)
    }
    left.sumSquaredDifference += right.sumSquaredDifference
    left.sumSquaredA += right.sumSquaredA
    left.sumSquaredB += right.sumSquaredB
    left.dot += right.dot
  }
}

extension Kernels {
  /// Compares two slices of as many elements; `firstIndex` is the first pair's place in the tensor.
  package func compare(
    _ a: ByteSlice, _ aDType: DType, _ b: ByteSlice, _ bDType: DType, firstIndex: Int = 0
  ) -> Comparison {
    let count = a.elementCount(aDType)
    precondition(b.elementCount(bDType) == count)
    var raw = weft_comparison()
    let (aType, bType) = (aDType.requiredKernelType, bDType.requiredKernelType)
    // In bounds: both slices hold `count` elements.
    withExtendedLifetime((a, b)) {
      table.pointee.compare(a.start, aType, b.start, bType, count, &raw)
    }
    return Comparison(raw, firstIndex: firstIndex)
  }
}
