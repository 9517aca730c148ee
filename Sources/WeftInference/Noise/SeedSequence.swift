/// NumPy's way to make well mixed seeds of any numbers.
///
/// Source: https://github.com/numpy/numpy/blob/v2.3.0/numpy/random/bit_generator.pyx
struct SeedSequence {
  private var pool: [UInt32]
  private var factor: UInt32 = 0x43B0_D7E5

  /// Mixes a seed and the place of a child in a tree into a pool of so many words.
  init(_ entropy: UInt64, path: [UInt64] = [], poolSize: Int) {
    pool = [UInt32](repeating: 0, count: poolSize)
    var words = Self.words(entropy)
    if !path.isEmpty {
      words += [UInt32](repeating: 0, count: max(0, poolSize - words.count))
      words += path.flatMap(Self.words)
    }
    fill(words)
  }

  /// The first so many seeds.
  func seeds(_ count: Int) -> [UInt32] {
    var factor: UInt32 = 0x8B51_F9DD
    return (0..<count).map { index in
      var word = pool[index % pool.count] ^ factor
      factor = factor &* 0x58F3_8DED
      word = word &* factor
      return word ^ (word >> 16)
    }
  }

  private static func words(_ number: UInt64) -> [UInt32] {
    let (low, high) = (UInt32(truncatingIfNeeded: number), UInt32(number >> 32))
    return high == 0 ? [low] : [low, high]
  }

  private mutating func fill(_ words: [UInt32]) {
    for index in pool.indices { pool[index] = hashed(index < words.count ? words[index] : 0) }
    for source in pool.indices {
      for target in pool.indices where target != source { mix(hashed(pool[source]), into: target) }
    }
    for word in words.dropFirst(pool.count) {
      for target in pool.indices { mix(hashed(word), into: target) }
    }
  }

  private mutating func hashed(_ value: UInt32) -> UInt32 {
    var word = value ^ factor
    factor = factor &* 0x931E_8875
    word = word &* factor
    return word ^ (word >> 16)
  }

  private mutating func mix(_ word: UInt32, into target: Int) {
    let mixed = (0xCA01_F9DD &* pool[target]) &- (0x4973_F715 &* word)
    pool[target] = mixed ^ (mixed >> 16)
  }
}
