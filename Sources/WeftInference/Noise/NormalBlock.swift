#if canImport(Glibc)
  import Glibc
#endif

/// Box and Muller's way from 16 uniform numbers to 16 normal ones: the first eight are radii, the others angles.
///
/// The mean of 0 is added at the end, as torch does: it makes 0 of -0.
enum NormalBlock {
  private static let half = 8

  /// Transforms 16 numbers in float32 with the logarithm, sine and cosine of torch's AVX2 code.
  static func f32(_ values: inout [Float], at start: Int) {
    for index in start..<(start + half) {
      let radius = (-2 * CephesFloat.logarithm(1 - values[index])).squareRoot()
      let (sine, cosine) = CephesFloat.sineCosine(Float(2 * Double.pi) * values[index + half])
      values[index] = radius * cosine + 0
      values[index + half] = radius * sine + 0
    }
  }

  /// Transforms 16 numbers of a half type: each operation is one in float32, rounded.
  static func half(_ values: inout [Float], at start: Int, rounded: (Float) -> Float) {
    for index in start..<(start + half) {
      let logarithm = rounded(log(rounded(1 - values[index])))
      let radius = rounded(rounded(-2 * logarithm).squareRoot())
      let angle = rounded(Float(2 * Double.pi * Double(values[index + half])))
      values[index] = rounded(radius * rounded(cos(angle))) + 0
      values[index + half] = rounded(radius * rounded(sin(angle))) + 0
    }
  }

  /// Transforms 16 numbers in float64.
  static func f64(_ values: inout [Double], at start: Int) {
    for index in start..<(start + half) {
      let radius = (-2 * log(1 - values[index])).squareRoot()
      let angle = 2 * Double.pi * values[index + half]
      values[index] = radius * cos(angle) + 0
      values[index + half] = radius * sin(angle) + 0
    }
  }

  /// Two numbers of one radius, whose logarithm is that of `1 + excess`.
  static func pair(logarithmOf excess: Double, turn: Double) -> (cosine: Double, sine: Double) {
    let radius = (-2 * log1p(excess)).squareRoot()
    let angle = 2 * Double.pi * turn
    return (radius * cos(angle) + 0, radius * sin(angle) + 0)
  }
}
