/// The generator mt19937: 32 random bits at a time.
///
/// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/aten/src/ATen/core/MT19937RNGEngine.h
package struct MersenneTwister: Sendable {
  private var state: [UInt32]
  private var next: Int

  /// Starts with the low 32 bits of a seed; torch ignores the high ones.
  package init(seed: UInt64) {
    var word = UInt32(truncatingIfNeeded: seed)
    state = [word]
    state.reserveCapacity(Self.length)
    for index in 1..<UInt32(Self.length) {
      word = 1_812_433_253 &* (word ^ (word >> 30)) &+ index
      state.append(word)
    }
    next = Self.length
  }

  private static let length = 624
  private static let distance = 397

  /// The next 32 bits.
  package mutating func bits32() -> UInt32 {
    if next == Self.length { refill() }
    var word = state[next]
    next += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9D2C_5680
    word ^= (word << 15) & 0xEFC6_0000
    return word ^ (word >> 18)
  }

  /// The next 64 bits, the high half first.
  package mutating func bits64() -> UInt64 {
    let high = UInt64(bits32())
    return high << 32 | UInt64(bits32())
  }

  private mutating func refill() {
    let (length, distance) = (Self.length, Self.distance)
    for index in 0..<length {
      let (following, far) = (
        index + 1 < length ? index + 1 : 0,
        index + distance < length ? index + distance : index + distance - length
      )
      let mixed = (state[index] & 0x8000_0000) | (state[following] & 0x7FFF_FFFF)
      let twist: UInt32 = mixed & 1 == 0 ? 0 : 0x9908_B0DF
      state[index] = state[far] ^ (mixed >> 1) ^ twist
    }
    next = 0
  }
}
