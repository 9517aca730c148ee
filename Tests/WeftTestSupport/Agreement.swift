/// `‖a − b‖ / ‖b‖` in float64.
package func relativeL2(_ a: [Float], _ b: [Float]) -> Double {
  guard a.count == b.count else { return .infinity }
  var (difference, norm) = (0.0, 0.0)
  for (x, y) in zip(a, b) {
    difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
    norm += Double(y) * Double(y)
  }
  return (difference / norm).squareRoot()
}

/// The largest error of a network in float32: the goldens' own error against float64 is 1e-6.
package let networkTolerance = 2e-5
