#if canImport(Glibc)
  import Glibc
#endif

/// The ways in which the pixels of a picture of another size are made.
///
/// Source: https://github.com/python-pillow/Pillow/blob/11.0.0/src/libImaging/Resample.c
package enum Resampling: String, Sendable, CaseIterable {
  case nearest, bilinear, bicubic, lanczos

  /// How far the filter reaches, in pixels of the larger picture.
  var support: Double {
    switch self {
    case .nearest: 0
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The weight of a pixel at a distance.
  func weight(_ distance: Double) -> Double {
    switch self {
    case .nearest: 1
    case .bilinear: max(0, 1 - abs(distance))
    case .bicubic: Self.cubic(abs(distance))
    case .lanczos:
      -3 <= distance && distance < 3 ? Self.sinc(distance) * Self.sinc(distance / 3) : 0
    }
  }

  /// Keys' cubic with a = -1/2.
  private static func cubic(_ x: Double) -> Double {
    let a = -0.5
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
  }

  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(x * .pi) / (x * .pi)
  }
}

/// What each pixel of a resampled line is made of: the first pixel that counts, and the weights from there on.
struct ResamplingLine {
  /// The bits of the weights behind the point: sums of bytes must stay within 32 bits, with a sign and one to spare.
  static let precisionBits = 32 - 8 - 2

  /// What a sum starts with, so that it is rounded.
  static let half: Int32 = 1 << (precisionBits - 1)

  let starts: [Int]
  /// The weights of all pixels, `weightCount` of each; those that do not count are 0.
  let weights: [Int32]
  let weightCount: Int

  /// The line of `count` pixels that is made of one of `sourceCount`.
  init(_ resampling: Resampling, from sourceCount: Int, to count: Int) {
    let scale = Double(sourceCount) / Double(count)
    let stretch = max(scale, 1)
    let support = resampling.support * stretch
    weightCount = Int(support.rounded(.up)) * 2 + 1
    var (starts, weights) = ([Int](), [Int32]())
    for pixel in 0..<count {
      let center = (Double(pixel) + 0.5) * scale
      let start = max(0, Int(center - support + 0.5))
      let end = min(sourceCount, Int(center + support + 0.5))
      var line = (start..<end).map {
        resampling.weight((Double($0) - center + 0.5) * (1 / stretch))
      }
      let sum = line.reduce(0, +)
      if sum != 0 { line = line.map { $0 / sum } }
      starts.append(start)
      weights += line.map(Self.fixed)
      weights += [Int32](repeating: 0, count: weightCount - line.count)
    }
    (self.starts, self.weights) = (starts, weights)
  }

  private static func fixed(_ weight: Double) -> Int32 {
    let scaled = weight * Double(1 << precisionBits)
    return Int32(weight < 0 ? scaled - 0.5 : scaled + 0.5)
  }
}
