/// A member of a zip archive as the central directory describes it.
struct ZipEntry: Sendable {
  /// The name, with invalid UTF-8 repaired.
  let name: String
  /// The bytes of the name, which the member's own header must repeat.
  let nameBytes: [UInt8]
  /// The general-purpose bits.
  let flags: Int
  /// How the data is packed.
  let method: Int
  /// The CRC-32 of the unpacked data.
  let checksum: UInt32
  /// The size of the packed data, in bytes.
  let packedByteCount: Int
  /// The size of the unpacked data, in bytes.
  let byteCount: Int
  /// Where the member's own header starts.
  let headerOffset: Int

  /// Data that is in the file as it is.
  static let stored = 0
  /// Data that is compressed with deflate.
  static let deflated = 8
  /// Any of: encrypted, strongly encrypted, listed by a directory that is itself encrypted.
  static let encryptionFlags = 0x1 | 0x40 | 0x2000
  /// The data is a patch of another file.
  static let patchFlag = 0x20
  /// The sizes are after the data, and may be zero in the member's own header.
  static let descriptorFlag = 0x8

  /// Whether the entry stands for a folder.
  var isFolder: Bool { nameBytes.last == UInt8(ascii: "/") }
}
