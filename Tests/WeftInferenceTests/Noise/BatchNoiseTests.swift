import Testing
import WeftInference

/// The noise of batches.
struct BatchNoiseTests {
  private let shape = LatentShape(channels: 4, height: 6, width: 5)

  private func draw(_ seed: UInt64, _ count: Int) -> [Float] {
    var generator = TorchGenerator(seed: seed)
    return generator.draw(count)
  }

  @Test func `each picture has a generator of its own, or all share one`() {
    var request = NoiseRequest(seed: 7, pictureCount: 2, shape: shape)
    #expect(BatchNoise(request).initial() == draw(7, 120) + draw(8, 120))
    request.isShared = true
    #expect(BatchNoise(request).initial() == draw(7, 240))
  }

  @Test func `what is drawn before moves on the generators`() {
    let noise = BatchNoise(NoiseRequest(seed: 7, pictureCount: 2, shape: shape))
    var (first, second) = (TorchGenerator(seed: 7), TorchGenerator(seed: 8))
    #expect(noise.draw(33) == first.draw(33) + second.draw(33))
    #expect(noise.initial() == first.draw(120) + second.draw(120))
    #expect(noise.next() == first.draw(120) + second.draw(120))
  }

  @Test func `the seeds can be others after the first noise`() {
    var request = NoiseRequest(seed: 7, pictureCount: 2, shape: shape)
    request.seedDelta = 31337
    let noise = BatchNoise(request)
    #expect(noise.initial() == draw(7, 120) + draw(8, 120))
    #expect(noise.next() == draw(7 + 31337, 120) + draw(8 + 31337, 120))
    request.seedDelta = -8
    let other = BatchNoise(request)
    _ = other.initial()
    #expect(other.next() == draw(UInt64.max, 120) + draw(0, 120))
  }

  @Test func `a variation goes from one seed's noise to another's`() {
    var request = NoiseRequest(seed: 7, pictureCount: 2, shape: shape)
    func initial(_ strength: Double) -> [Float] {
      request.variation = .init(seed: 100, strength: strength)
      return BatchNoise(request).initial()
    }
    // As in A1111 the main seed then stays for all pictures, and the variation's counts up.
    #expect(initial(0) == draw(7, 120) + draw(8, 120))
    #expect(largestDifference(initial(1), draw(100, 120) + draw(101, 120)) <= 1e-6)
    let (near, far) = (initial(0.1), initial(0.9))
    #expect(relativeL2(near, draw(7, 120) + draw(7, 120)) < 0.3)
    #expect(relativeL2(far, draw(100, 120) + draw(101, 120)) < 0.3)
    request = NoiseRequest(seed: 7, shape: shape)
    request.variation = .init(seed: 7, strength: 0.5)
    #expect(largestDifference(BatchNoise(request).initial(), draw(7, 120)) <= 1e-6)
  }

  @Test func `halfway along the arc the columns keep their length`() {
    // One column of one channel: 3 by 1.
    let column = LatentShape(channels: 1, height: 3, width: 1)
    var request = NoiseRequest(seed: 1, shape: column)
    request.variation = .init(seed: 2, strength: 0.5)
    let (a, b) = (draw(1, 3), draw(2, 3))
    let mixed = BatchNoise(request).initial()
    func unit(_ values: [Float]) -> [Double] {
      let norm = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      return values.map { Double($0) / norm }
    }
    let cosine = zip(unit(a), unit(b)).reduce(0) { $0 + $1.0 * $1.1 }
    // sin(w/2) / sin(w) = 1 / (2 cos(w/2)), and cos(w/2)² = (1 + cos w) / 2
    let factor = 1 / (2 * ((1 + cosine) / 2).squareRoot())
    let expected = zip(a, b).map { Float(factor * (Double($0) + Double($1))) }
    #expect(largestDifference(mixed, expected) <= 1e-6)
  }

  @Test(arguments: [(4, 3), (6, 5), (9, 8), (2, 9)])
  func `the noise of another shape stands in the middle`(_ height: Int, _ width: Int) {
    var request = NoiseRequest(seed: 7, shape: shape)
    request.resizedFrom = LatentShape(channels: 4, height: height, width: width)
    let (found, inner, outer) = (
      BatchNoise(request).initial(), draw(7, 4 * height * width), draw(7, 120)
    )
    for channel in 0..<4 {
      for row in 0..<6 {
        for column in 0..<5 {
          // Python's // rounds down.
          let (y, x) = (row - ((6 - height) >> 1), column - ((5 - width) >> 1))
          let isInside = 0..<height ~= y && 0..<width ~= x
          let isKept = (6 - height) % 2 == 0 && (5 - width) % 2 == 0
          guard isKept else { continue }
          #expect(
            found[(channel * 6 + row) * 5 + column]
              == (isInside
                ? inner[(channel * height + y) * width + x]
                : outer[(channel * 6 + row) * 5 + column]))
        }
      }
    }
    #expect(found.count == 120)
  }

  @Test(arguments: NoiseSource.allCases)
  func `noise has a mean of 0 and a deviation of 1`(_ source: NoiseSource) {
    var generator = source.generator(seed: 11)
    let values = generator.draw(1 << 16).map(Double.init)
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    // Four standard errors.
    #expect(abs(mean) < 4 / 256 && abs(variance - 1) < 4 * 2.0.squareRoot() / 256)
  }
}
