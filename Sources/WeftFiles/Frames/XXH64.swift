import WeftTensors

/// The checksum of zstd: the 64-bit xxHash with seed 0.
///
/// Source: https://github.com/Cyan4973/xxHash/blob/v0.8.2/doc/xxhash_spec.md
enum XXH64 {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  /// The hash of a slice's bytes.
  static func hash(_ slice: ByteSlice) -> UInt64 {
    withExtendedLifetime(slice) { hash(UnsafeRawBufferPointer(slice.memory)) }
  }

  /// The hash of bytes.
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var offset = bytes.count & ~31
    var hash = stripes(bytes, end: offset) &+ UInt64(bytes.count)
    // In bounds, here and below: every load ends at or before bytes.count.
    while offset + 8 <= bytes.count {
      hash ^= round(0, bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian)
      hash = rotated(hash, 27) &* prime1 &+ prime4
      offset += 8
    }
    if offset + 4 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian
      hash = rotated(hash ^ UInt64(word) &* prime1, 23) &* prime2 &+ prime3
      offset += 4
    }
    for byte in bytes[offset...] {
      hash = rotated(hash ^ UInt64(byte) &* prime5, 11) &* prime1
    }
    return avalanched(hash)
  }

  /// Takes the bytes 0 ..< end, a multiple of 32, in four sums.
  private static func stripes(_ bytes: UnsafeRawBufferPointer, end: Int) -> UInt64 {
    guard end > 0 else { return prime5 }
    var (a, b, c, d) = (prime1 &+ prime2, prime2, UInt64(0), 0 &- prime1)
    func word(_ offset: Int) -> UInt64 {
      bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
    }
    var offset = 0
    while offset < end {
      a = round(a, word(offset))
      b = round(b, word(offset + 8))
      c = round(c, word(offset + 16))
      d = round(d, word(offset + 24))
      offset += 32
    }
    let sum = rotated(a, 1) &+ rotated(b, 7) &+ rotated(c, 12) &+ rotated(d, 18)
    return merged(merged(merged(merged(sum, a), b), c), d)
  }

  private static func round(_ sum: UInt64, _ word: UInt64) -> UInt64 {
    rotated(sum &+ word &* prime2, 31) &* prime1
  }

  private static func merged(_ hash: UInt64, _ sum: UInt64) -> UInt64 {
    (hash ^ round(0, sum)) &* prime1 &+ prime4
  }

  private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
    value &<< count | value &>> (64 &- count)
  }

  private static func avalanched(_ value: UInt64) -> UInt64 {
    var hash = (value ^ value >> 33) &* prime2
    hash = (hash ^ hash >> 29) &* prime3
    return hash ^ hash >> 32
  }
}
