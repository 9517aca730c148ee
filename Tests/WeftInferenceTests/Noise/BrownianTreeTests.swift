import Testing
import WeftInference

/// Brownian paths against those of torchsde.
struct BrownianTreeTests {
  private static let range = Double(0.0291675 as Float)...Double(14.614647 as Float)
  private static let queries: [(Float, Float)] = [
    (0.5, 1.25), (1.25, 9), (0.0291675, 14.614647), (14, 14.614647), (0.0291675, 0.03),
    (3.3333333, 3.3333353), (0.75, 1),
  ]
  /// Sums of about 24 numbers in float32, in another order than torchsde's.
  private static let tolerance = 2e-6

  @Test(arguments: [0, 7, 1 << 40 + 3] as [UInt64], [("small", 8), ("latent", 256)])
  func `paths are torchsde's`(_ seed: UInt64, _ size: (name: String, count: Int)) throws {
    let golden = try SamplingGolden("brownian")
    let tree = BrownianTree(seed: seed, range: Self.range, count: size.count)
    for (index, query) in Self.queries.enumerated() {
      let expected = try golden.floats("seed\(seed).\(size.name).\(index)")
      let found = tree.increment(Double(query.0), Double(query.1))
      #expect(largestDifference(found, expected) <= Self.tolerance)
    }
  }

  @Test func `parts of a path add up`() {
    let tree = BrownianTree(seed: 3, range: 0...10, count: 32)
    let parts = zip(tree.increment(1, 2.5), tree.increment(2.5, 7)).map { $0 + $1 }
    #expect(largestDifference(parts, tree.increment(1, 7)) <= Self.tolerance)
    #expect(tree.increment(-3, 20) == tree.increment(0, 10))
    #expect(tree.increment(4, 4) == [Float](repeating: 0, count: 32))
  }

  @Test func `the noise of a step down a path has a deviation of 1 and each picture's seed`() {
    let shape = LatentShape(channels: 4, height: 32, width: 32)
    let noise = BatchNoise(NoiseRequest(seed: 9, pictureCount: 2, shape: shape))
    let found = noise.between(5, 3, within: Self.range)
    let variance = found.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(found.count)
    #expect(abs(variance - 1) < 4 * (2.0 / Double(found.count)).squareRoot())
    let second = BrownianTree(seed: 10, range: Self.range, count: shape.count).increment(3, 5)
    let expected = second.map { $0 * Float(-1 / 2.0.squareRoot()) }
    #expect(largestDifference(Array(found[shape.count...]), expected) <= 1e-6)
    #expect(noise.between(3, 3, within: Self.range).allSatisfy { $0 == 0 })
  }
}
