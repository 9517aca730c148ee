package import WeftKernels
package import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// Normally distributed numbers that follow from a name alone, the same on every machine.
///
/// The seed is FNV-1a-64 of the name; two outputs of splitmix64 make two numbers, as Box and Muller have it.
package enum SeededNoise {
  /// A tensor of numbers with the given standard deviation.
  package static func tensor(_ shape: Shape, name: String, deviation: Double = 1) -> Tensor {
    let count = shape.checkedElementCount ?? 0
    var values = [Float]()
    values.reserveCapacity(count + 1)
    var random = SplitMix(name)
    while values.count < count {
      let radius = (-2 * log(random.fraction())).squareRoot() * deviation
      let angle = 2 * Double.pi * random.fraction()
      values.append(Float(radius * cos(angle)))
      values.append(Float(radius * sin(angle)))
    }
    return Tensor(shape, Array(values.prefix(count)))
  }

  /// A picture between two numbers: soft waves with a little noise, so that it has large and small parts.
  static func picture(_ shape: Shape, name: String, in range: ClosedRange<Float>) -> Tensor {
    let (height, width) = (shape.dimensions[2], shape.dimensions[3])
    let noise = tensor(shape, name: name, deviation: 0.1).floats
    var random = SplitMix(name)
    let planes = noise.count / max(1, height * width)
    let waves = (0..<planes).map { _ in (0..<3).map { _ in 1 + 4 * random.fraction() } }
    let values = noise.indices.map { index -> Float in
      let (plane, pixel) = (index / (height * width), index % (height * width))
      let (y, x) = (Double(pixel / width) / Double(height), Double(pixel % width) / Double(width))
      let wave = waves[plane]
      let soft = sin(wave[0] * 6 * x + wave[2]) * cos(wave[1] * 6 * y)
      let share = min(1, max(0, 0.5 + 0.4 * Float(soft) + noise[index]))
      return range.lowerBound + share * (range.upperBound - range.lowerBound)
    }
    return Tensor(shape, values)
  }

  private struct SplitMix {
    private var state: UInt64

    init(_ name: String) {
      state = name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// A number above 0 and up to 1.
    mutating func fraction() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double(((z ^ (z >> 31)) >> 11) + 1) * 0x1p-53
    }
  }
}
