#if canImport(Glibc)
  import Glibc
#endif

extension NoiseRequest {
  /// The noise of all pictures, of the given shape each, with so much of another seed's in it.
  func varied(_ noise: [Float], shape: LatentShape) -> [Float] {
    guard let variation, variation.strength != 0, shape.count > 0 else { return noise }
    var result: [Float] = []
    for picture in 0..<pictureCount {
      let start = picture * shape.count
      var generator = self.generator(variation.seed &+ UInt64(picture))
      result += Self.mixed(
        Array(noise[start..<(start + shape.count)]), generator.draw(shape.count),
        variation.strength,
        shape)
    }
    return result
  }

  /// The cosine of the angle between directions from which on they are mixed in a straight line.
  private static let straight = 0.9995

  /// Mixes two noises along the arc between them, by column of each channel as A1111 does.
  ///
  /// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/rng.py
  private static func mixed(
    _ low: [Float], _ high: [Float], _ strength: Double, _ shape: LatentShape
  ) -> [Float] {
    let columns = (0..<(shape.channels * shape.width)).map { column in
      stride(
        from: column / shape.width * shape.height * shape.width + column % shape.width,
        to: (column / shape.width + 1) * shape.height * shape.width, by: shape.width)
    }
    let angles = columns.map { angle(low, high, $0) }
    let isStraight = angles.map(\.cosine).reduce(0, +) / Double(angles.count) > straight
    var result = low
    for (column, angle) in zip(columns, angles) {
      let sine = sin(angle.radians)
      let (a, b) =
        isStraight || sine == 0
        ? (1 - strength, strength)
        : (sin((1 - strength) * angle.radians) / sine, sin(strength * angle.radians) / sine)
      for index in column {
        result[index] = Float(a * Double(low[index]) + b * Double(high[index]))
      }
    }
    return result
  }

  private static func angle(
    _ low: [Float], _ high: [Float], _ column: StrideTo<Int>
  ) -> (cosine: Double, radians: Double) {
    var (dot, lowNorm, highNorm) = (0.0, 0.0, 0.0)
    for index in column {
      let (a, b) = (Double(low[index]), Double(high[index]))
      dot += a * b
      lowNorm += a * a
      highNorm += b * b
    }
    let cosine = min(
      1, max(-1, dot / max((lowNorm * highNorm).squareRoot(), .leastNormalMagnitude)))
    return (cosine, acos(cosine))
  }
}

extension LatentShape {
  /// Puts a picture's noise in the middle of another's of this shape, cut where it is larger.
  func centred(_ inner: [Float], of other: LatentShape, in outer: [Float]) -> [Float] {
    func overlap(_ length: Int, _ otherLength: Int) -> (target: Int, source: Int, count: Int) {
      // Halves round down, below zero too, as Python's do.
      let margin = (length - otherLength) >> 1
      return margin >= 0 ? (margin, 0, otherLength) : (0, -margin, otherLength + 2 * margin)
    }
    let (rows, columns) = (overlap(height, other.height), overlap(width, other.width))
    var result = outer
    for channel in 0..<min(channels, other.channels) {
      for row in 0..<max(0, rows.count) {
        for column in 0..<max(0, columns.count) {
          let target = (channel * height + rows.target + row) * width + columns.target + column
          let source =
            (channel * other.height + rows.source + row) * other.width + columns.source + column
          result[target] = inner[source]
        }
      }
    }
    return result
  }
}
