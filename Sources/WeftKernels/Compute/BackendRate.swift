import WeftTensors

/// How quickly a backend multiplies large matrices.
package enum BackendRate {
  /// The rate of the best of some products, in floating-point operations a second.
  ///
  /// - Parameters:
  ///   - backend: what multiplies.
  ///   - side: the rows and columns of the matrices.
  ///   - duration: how long to try, about; there are two products at least.
  /// - Returns: operations a second, of which a sum and a product are two.
  /// - Throws: when the backend cannot compute.
  package static func measure(
    _ backend: any Backend, side: Int = 2048, duration: Duration = .milliseconds(300)
  ) throws -> Double {
    let x = noise([side, side])
    let weight = try backend.prepare(weight: noise([side, side]), bias: nil, layer: "")
    // The first product makes what the others use again, and its result is in the backend's own form.
    let input = try backend.linear(x, weight, .none)
    let (clock, start) = (ContinuousClock(), ContinuousClock.now)
    var best = Duration.seconds(1000)
    var count = 0
    while count < 2 || clock.now - start < duration {
      best = min(best, try clock.measure { _ = try backend.linear(input, weight, .none) })
      count += 1
    }
    return 2 * Double(side) * Double(side) * Double(side) / (best / .seconds(1))
  }

  /// Values whose products with each other stay small.
  private static func noise(_ shape: Shape) -> Tensor {
    var state: UInt32 = 1
    let count = shape.checkedElementCount ?? 0
    let scale = 1 / Float(shape.dimensions.last ?? 1).squareRoot()
    return Tensor(
      shape,
      (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return (Float(state >> 8) / Float(1 << 23) - 1) * scale
      })
  }
}
