/// What `torch.randn` gives on x86 processors with AVX2, bit for bit.
///
/// Fewer than 16 numbers are made one by one from doubles, and the second of a pair waits for the next such call;
/// 16 and more are made in blocks of 16, and the last block is drawn anew when the number is no multiple of 16.
/// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/aten/src/ATen/native/cpu/DistributionTemplates.h
package struct TorchGenerator: NoiseGenerator, Sendable {
  private var bits: MersenneTwister
  private let type: NoiseType
  /// The second number of a pair that was made one by one.
  private var waiting: Double?

  /// Starts with a seed, of which the low 32 bits count.
  package init(seed: UInt64, type: NoiseType = .f32) {
    (bits, self.type) = (MersenneTwister(seed: seed), type)
  }

  private static let block = 16

  package mutating func draw(_ count: Int) -> [Float] {
    guard count >= Self.block else { return (0..<max(0, count)).map { _ in rounded(single()) } }
    switch type {
    case .f32: return blocks(count, { Self.uniform(&$0, bits: 24) }, NormalBlock.f32)
    case .f16:
      return blocks(count, { Self.uniform(&$0, bits: 11) }) {
        NormalBlock.half(&$0, at: $1, rounded: Self.f16)
      }
    case .bf16:
      return blocks(count, { Self.uniform(&$0, bits: 8) }) {
        NormalBlock.half(&$0, at: $1, rounded: Self.bf16)
      }
    case .f64: return drawDouble(count).map { Float($0) }
    }
  }

  /// The next so many numbers in float64, as `torch.randn` gives them for that type.
  package mutating func drawDouble(_ count: Int) -> [Double] {
    guard count >= Self.block else { return (0..<max(0, count)).map { _ in single() } }
    return blocks(count, { Self.uniform(&$0) }, NormalBlock.f64)
  }

  /// Uniform numbers in blocks of 16 that become normal ones; a last block that is not whole takes 16 more.
  private mutating func blocks<Number>(
    _ count: Int, _ uniform: (inout MersenneTwister) -> Number,
    _ normals: (inout [Number], Int) -> Void
  ) -> [Number] {
    var values = (0..<count).map { _ in uniform(&bits) }
    for start in stride(from: 0, through: count - Self.block, by: Self.block) {
      normals(&values, start)
    }
    guard count % Self.block != 0 else { return values }
    let last = count - Self.block
    for index in last..<count { values[index] = uniform(&bits) }
    normals(&values, last)
    return values
  }

  /// A number from 0 to below 1 of so many bits.
  private static func uniform(_ source: inout MersenneTwister, bits: UInt32) -> Float {
    let range: UInt32 = 1 << bits
    return Float(source.bits32() & (range - 1)) / Float(range)
  }

  /// A number from 0 to below 1 of 53 bits.
  private static func uniform(_ source: inout MersenneTwister) -> Double {
    Double(source.bits64() & (1 << 53 - 1)) * 0x1p-53
  }

  private mutating func single() -> Double {
    if let second = waiting {
      waiting = nil
      return second
    }
    let (turn, size) = (Self.uniform(&bits), Self.uniform(&bits))
    let pair = NormalBlock.pair(logarithmOf: -size, turn: turn)
    waiting = pair.sine
    return pair.cosine
  }

  private func rounded(_ value: Double) -> Float {
    switch type {
    case .f32, .f64: Float(value)
    case .f16: Float(Float16(value))
    case .bf16: Self.bf16(Float(value))
    }
  }

  private static func f16(_ value: Float) -> Float { Float(Float16(value)) }

  /// Rounds to bfloat16, to nearest, ties to even; the numbers here are finite.
  private static func bf16(_ value: Float) -> Float {
    let bits = value.bitPattern
    return Float(bitPattern: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) & 0xFFFF_0000)
  }
}
