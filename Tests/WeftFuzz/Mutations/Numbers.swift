/// Numbers at which readers go wrong.
enum Numbers {
  /// Limits of the widths of integers, and what is about them.
  static let limits: [UInt64] = [
    0, 1, 2, 3, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 0x7FFF_FFFF,
    0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, 1 << 40, 1 << 61, 1 << 62, 0x7FFF_FFFF_FFFF_FFFE,
    0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFE, 0xFFFF_FFFF_FFFF_FFFF,
  ]

  /// A number to put in the place of another, in a file of a size.
  static func other(
    than value: UInt64, fileByteCount: Int, _ random: inout FuzzRandom
  ) -> UInt64 {
    switch random.below(8) {
    case 0: value &+ 1
    case 1: value &- 1
    case 2: value &+ UInt64(random.below(65)) &- 32
    case 3: UInt64(fileByteCount) &+ UInt64(random.below(3)) &- 1
    case 4: UInt64(random.below(fileByteCount + 1))
    case 5: value &* 2
    default: random.element(of: limits) ?? 0
    }
  }

  /// Changes the number of some bytes.
  static func change(
    _ bytes: inout [UInt8], at offset: Int, width: Int, isBigEndian: Bool = false,
    _ random: inout FuzzRandom
  ) {
    guard offset >= 0, offset + width <= bytes.count else { return }
    let part = bytes[offset..<offset + width]
    let value = Self.value(of: isBigEndian ? Array(part) : part.reversed())
    let changed = other(than: value, fileByteCount: bytes.count, &random)
    let new = littleEndian(changed, width: width)
    bytes.replaceSubrange(
      offset..<offset + width, with: isBigEndian ? new.reversed() : new)
  }

  /// The bytes of a number.
  static func littleEndian(_ value: UInt64, width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }

  /// The number of some bytes; 0 where they end.
  static func littleEndian(_ bytes: [UInt8], at offset: Int, width: Int) -> Int {
    guard offset >= 0, offset + width <= bytes.count else { return 0 }
    return Int(truncatingIfNeeded: value(of: bytes[offset..<offset + width].reversed()))
  }

  private static func value(of bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
