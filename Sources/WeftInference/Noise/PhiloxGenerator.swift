#if canImport(Glibc)
  import Glibc
#endif

/// What torch gives on NVIDIA graphics cards: Philox 4x32 with ten rounds, one number per counter.
///
/// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/rng_philox.py
package struct PhiloxGenerator: NoiseGenerator, Sendable {
  private let seed: UInt64
  private var call: UInt32 = 0

  /// Starts with a seed of 64 bits.
  package init(seed: UInt64) { self.seed = seed }

  package mutating func draw(_ count: Int) -> [Float] {
    defer { call &+= 1 }
    return (0..<max(0, count)).map { normal(at: UInt32(truncatingIfNeeded: $0)) }
  }

  private static let fraction = Double(2.3283064e-10 as Float)
  private static let turn = Double(Float(2.3283064e-10 * 6.2831855))

  private func normal(at index: UInt32) -> Float {
    let word = rounds(SIMD4(call, 0, index, 0))
    let u = Double(word.x) * Self.fraction + Self.fraction / 2
    let v = Double(word.y) * Self.turn + Self.turn / 2
    return Float((-2 * log(u)).squareRoot() * sin(v))
  }

  private func rounds(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var c = counter
    var key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    for _ in 0..<10 {
      let p = c.x.multipliedFullWidth(by: 0xD251_1F53)
      let q = c.z.multipliedFullWidth(by: 0xCD9E_8D57)
      c = SIMD4(q.high ^ c.y ^ key.0, q.low, p.high ^ c.w ^ key.1, p.low)
      key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
    }
    return c
  }
}
