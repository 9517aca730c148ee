package import WeftTensors

/// Adds up squares of float64 values one after the other, so that the sum does not depend on the machine.
package struct SumOfSquares: Sendable {
  /// The sum so far.
  package private(set) var value = 0.0

  /// Starts at zero.
  package init() {}

  /// Adds the squares of a slice of float64 values.
  package mutating func add(_ slice: ByteSlice) {
    let count = slice.elementCount(.f64)
    withExtendedLifetime(slice) {
      guard let values = slice.start?.assumingMemoryBound(to: Double.self) else { return }
      // Four sums side by side: one alone would wait for each addition. In bounds: below `count`.
      var sums = SIMD4<Double>()
      let whole = count - count % 4
      for index in stride(from: 0, to: whole, by: 4) {
        let four = SIMD4(
          values[index], values[index + 1], values[index + 2], values[index + 3])
        sums += four * four
      }
      for index in whole..<count { sums[0] += values[index] * values[index] }
      value += (sums[0] + sums[1]) + (sums[2] + sums[3])
    }
  }
}
