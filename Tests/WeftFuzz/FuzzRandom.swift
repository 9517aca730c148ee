/// SplitMix64, so that a run of a seed can be repeated.
package struct FuzzRandom: RandomNumberGenerator {
  private var state: UInt64

  /// Starts at a seed.
  package init(seed: UInt64) { state = seed }

  /// The next number.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to a bound, which counts as 1 when it is less; the bias is of no matter here.
  mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next() >> 1) % max(bound, 1)
  }

  /// Whether a thing that happens once in so many times happens now.
  mutating func isOne(in count: Int) -> Bool { below(count) == 0 }

  /// An element of a list, or nil when it is empty.
  mutating func element<Element>(of list: [Element]) -> Element? {
    list.isEmpty ? nil : list[below(list.count)]
  }

  /// A range within 0 ..< count that is mostly short.
  mutating func range(in count: Int, atMost limit: Int = 64) -> Range<Int> {
    let start = below(count)
    let length = isOne(in: 8) ? below(count - start + 1) : below(min(limit, count - start) + 1)
    return start..<start + length
  }
}
