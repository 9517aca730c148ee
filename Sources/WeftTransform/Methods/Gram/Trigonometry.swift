/// Sines and angles from additions and multiplications alone, so that no machine's own library shows in the result.
enum Trigonometry {
  /// The sine of an angle from 0 to π, to about one unit in the last place of 1.
  static func sine(_ angle: Double) -> Double {
    series(angle > .pi / 2 ? .pi - angle : angle)
  }

  /// The angle from 0 to π whose cosine is given; cosines beyond -1 and 1 count as those.
  static func angle(cosine: Double) -> Double {
    let cosine = min(1, max(-1, cosine))
    guard cosine >= 0 else { return .pi - angle(cosine: -cosine) }
    return 2 * arcSine(((1 - cosine) / 2).squareRoot())
  }

  /// The angle whose sine is given, which is at most the sine of π/4: by Newton's method.
  private static func arcSine(_ sine: Double) -> Double {
    var angle = sine
    for _ in 0..<6 {
      let cosine = (1 - sine * sine).squareRoot()
      angle -= (series(angle) - sine) / cosine
    }
    return angle
  }

  /// The sum of the sine's Taylor series, the smallest term first, for angles up to π/2.
  private static func series(_ x: Double) -> Double {
    let square = x * x
    var sum = 0.0
    for n in stride(from: 25.0, through: 3, by: -2) {
      sum = (1 + sum) * -square / (n * (n - 1))
    }
    return x + x * sum
  }
}
