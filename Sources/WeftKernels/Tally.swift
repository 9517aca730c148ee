import CKernels

/// What happened to values that did not fit the type they were written as.
package struct Tally: Sendable, Hashable {
  /// Values that were NaN or infinite before.
  package var nonFiniteInputs = 0
  /// Finite values that became infinite or NaN.
  package var overflowed = 0
  /// Values that were not zero and became zero.
  package var underflowed = 0
  /// Finite values beyond the greatest of the type that became that.
  package var saturated = 0

  /// Starts at zero.
  package init() {}

  /// Adds the counts of another tally.
  package static func += (left: inout Tally, right: Tally) {
    left.nonFiniteInputs += right.nonFiniteInputs
    left.overflowed += right.overflowed
    left.underflowed += right.underflowed
    left.saturated += right.saturated
  }

  /// Runs a kernel and adds what it counted.
  mutating func counting<Result>(_ body: (inout weft_tally) -> Result) -> Result {
    var counts = weft_tally()
    let result = body(&counts)
    nonFiniteInputs += Int(counts.nonfinite_inputs)
    overflowed += Int(counts.overflowed)
    underflowed += Int(counts.underflowed)
    return result
  }
}
