/// The CRC-32s of the parts of a member that were read, in any order and from any thread.
struct ChecksumLedger {
  /// A range of the member and its CRC-32.
  struct Part {
    var offset: Int
    var byteCount: Int
    var checksum: UInt32

    /// Where the range ends.
    var end: Int { offset + byteCount }

    /// Adds the range that follows at once.
    mutating func append(_ next: Part) {
      checksum = Checksum.joined(checksum, next.checksum, secondByteCount: next.byteCount)
      byteCount += next.byteCount
    }
  }

  /// Parts that are shorter cost more to keep than to read again, in bytes.
  static let minimumPartByteCount = 64 << 10
  /// The parts that are kept before neighbours are joined.
  private static let maximumPartCount = 1024

  private var parts: [Part] = []
  private let forgets: Bool

  /// Makes an empty ledger; one that forgets holds only so many scattered parts.
  init(forgets: Bool = true) { self.forgets = forgets }

  /// Adds a part that was read; one that was read before may come again.
  mutating func add(_ part: Part) {
    parts.append(part)
    guard forgets, parts.count > Self.maximumPartCount else { return }
    parts = separateParts
    // Scattered parts are forgotten: they are read again when the member is checked.
    if parts.count > Self.maximumPartCount / 2 { parts.removeAll() }
  }

  /// Parts that do not overlap, in order; neighbours are joined.
  var separateParts: [Part] {
    var result: [Part] = []
    for part in parts.sorted(by: { ($0.offset, $1.byteCount) < ($1.offset, $0.byteCount) }) {
      guard let last = result.indices.last else {
        result.append(part)
        continue
      }
      if result[last].end == part.offset {
        result[last].append(part)
      } else if result[last].end < part.offset {
        result.append(part)
      }
    }
    return result
  }
}
