import WeftTensors

/// The table at the end of a zstd file that makes every frame reachable.
///
/// Layout: a skippable frame of entries (compressed size, size, and perhaps a checksum, each `u32`) and a footer (the
/// number of frames `u32`, a descriptor byte, a magic number `u32`), all little-endian.
/// Source: https://github.com/facebook/zstd/blob/v1.5.6/contrib/seekable_format/zstd_seekable_compression_format.md
package enum SeekTable {
  /// The most frames that are read: 256 GiB of frames of 1 MiB; it bounds what a hostile header can cost.
  package static let maximumFrameCount = 1 << 18
  /// The largest frame that is read, in bytes once it is unpacked.
  package static let maximumFrameByteCount = 32 << 20

  /// The magic number of the skippable frame that holds the table.
  static let magic: UInt32 = 0x184D_2A5E
  /// The magic number that a seekable file ends with.
  static let footerMagic: UInt32 = 0x8F92_EAB1
  /// The bit of the descriptor which says that every entry has a checksum.
  static let checksumFlag: UInt8 = 0x80
  /// The bits of the descriptor that must be zero.
  static let reservedBits: UInt8 = 0x7C
  /// The size of the footer.
  static let footerByteCount = 9
  /// The size of a skippable frame's magic number and length.
  static let headerByteCount = 8

  /// The bytes of a table, for the end of a file that holds nothing but the frames.
  ///
  /// - Parameter frames: the sizes of every frame, none over the limits above, and the low half of the XXH64 of what
  ///   it unpacks to; the table has checksums when every frame has one.
  /// - Returns: a skippable frame, which `zstd -d` passes over.
  package static func bytes(
    _ frames: [(compressedByteCount: Int, byteCount: Int, checksum: UInt32?)]
  ) -> [UInt8] {
    let hasChecksums = !frames.isEmpty && frames.allSatisfy { $0.checksum != nil }
    let size = frames.count * entryByteCount(hasChecksums) + footerByteCount
    var bytes: [UInt8] = []
    bytes.reserveCapacity(headerByteCount + size)
    append(magic, to: &bytes)
    append(UInt32(clamping: size), to: &bytes)
    for frame in frames {
      append(UInt32(clamping: frame.compressedByteCount), to: &bytes)
      append(UInt32(clamping: frame.byteCount), to: &bytes)
      if hasChecksums { append(frame.checksum ?? 0, to: &bytes) }
    }
    append(UInt32(clamping: frames.count), to: &bytes)
    bytes.append(hasChecksums ? checksumFlag : 0)
    append(footerMagic, to: &bytes)
    return bytes
  }

  /// The size of an entry.
  static func entryByteCount(_ hasChecksums: Bool) -> Int { hasChecksums ? 12 : 8 }

  private static func append(_ value: UInt32, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
    }
  }
}
