import Testing
import WeftInference

/// Random numbers against those of torch, bit for bit.
struct NoiseGoldenTests {
  @Test(
    arguments: [
      0, 1, 42, 1234, 1 << 31 - 1, 1 << 32 - 1, 1 << 32 + 5, 0xFFFF_FFFF_FFFF,
    ] as [UInt64])
  func `calls of a generator follow torch's, few and many numbers in turn`(_ seed: UInt64) throws {
    let golden = try SamplingGolden("randn")
    var generator = TorchGenerator(seed: seed)
    for (call, count) in [1, 3, 15, 16, 17, 31, 33, 256, 512, 5].enumerated() {
      let expected = try golden.floats("seed\(seed).call\(call).n\(count)")
      #expect(generator.draw(count).map(\.bitPattern) == expected.map(\.bitPattern))
    }
  }

  @Test(arguments: [0, 42] as [UInt64])
  func `a latent of 64 by 64 is torch's`(_ seed: UInt64) throws {
    let expected = try SamplingGolden("randn").floats("seed\(seed).latent64")
    var generator = TorchGenerator(seed: seed)
    #expect(generator.draw(16384).map(\.bitPattern) == expected.map(\.bitPattern))
  }

  @Test(arguments: [0, 42] as [UInt64], [NoiseType.f16, .bf16])
  func `half types draw other numbers, torch's`(_ seed: UInt64, _ type: NoiseType) throws {
    let expected = try SamplingGolden("randn").floats("seed\(seed).\(type.rawValue)_1x4x8x8")
    var generator = TorchGenerator(seed: seed, type: type)
    #expect(generator.draw(256).map(\.bitPattern) == expected.map(\.bitPattern))
  }

  @Test(arguments: [0, 42] as [UInt64])
  func `float64 draws torch's numbers`(_ seed: UInt64) throws {
    let expected = try SamplingGolden("randn").doubles("seed\(seed).f64_1x4x8x8")
    var generator = TorchGenerator(seed: seed, type: .f64)
    #expect(generator.drawDouble(256) == expected)
    generator = TorchGenerator(seed: seed, type: .f64)
    #expect(generator.draw(256) == expected.map { Float($0) })
  }

  @Test(arguments: [0, 42] as [UInt64])
  func `Philox counts its calls, as on graphics cards`(_ seed: UInt64) throws {
    let golden = try SamplingGolden("randn")
    var generator = PhiloxGenerator(seed: seed)
    for call in 0...1 {
      let expected = try golden.floats("philox.seed\(seed).offset\(call).n256")
      #expect(generator.draw(256).map(\.bitPattern) == expected.map(\.bitPattern))
    }
  }

  @Test(arguments: NoiseSource.allCases, NoiseType.allCases)
  func `no numbers are asked for and none come`(_ source: NoiseSource, _ type: NoiseType) {
    var generator = source.generator(seed: 1, type: type)
    #expect(generator.draw(0).isEmpty && generator.draw(-3).isEmpty)
  }
}
