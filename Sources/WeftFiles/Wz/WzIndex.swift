/// What a file of the container says of its chunks, behind them; the layout is described at `Wz`.
package enum WzIndex {
  /// The size of a chunk, and what it unpacks to.
  package struct Entry: Sendable {
    /// The size once it is unpacked, in bytes.
    package var byteCount: Int
    /// The size in the file, in bytes.
    package var packedByteCount: Int
    /// The XXH64 of what it unpacks to.
    package var checksum: UInt64

    /// Describes a chunk.
    package init(byteCount: Int, packedByteCount: Int, checksum: UInt64) {
      self.byteCount = byteCount
      self.packedByteCount = packedByteCount
      self.checksum = checksum
    }
  }

  /// The bytes that a file ends with.
  ///
  /// - Parameters:
  ///   - entries: the chunks in the order of the file, each within the limits of `Wz`.
  ///   - headerCount: how many of them, at the end, are the safetensors header.
  /// - Returns: the index and the epilogue.
  package static func bytes(_ entries: [Entry], headerCount: Int) -> [UInt8] {
    var bytes = LittleEndianBytes()
    for entry in entries {
      bytes.append(entry.byteCount, width: 4)
      bytes.append(entry.packedByteCount, width: 4)
      bytes.append(Int(bitPattern: UInt(entry.checksum)), width: 8)
    }
    bytes.append(entries.count, width: 4)
    bytes.append(headerCount, width: 4)
    bytes.append(entries.reduce(0) { $0 + $1.byteCount }, width: 8)
    // In bounds: the array's own memory.
    let checksum = bytes.bytes.withUnsafeBytes { XXH64.hash($0) }
    bytes.append(Int(bitPattern: UInt(checksum)), width: 8)
    bytes.append(Wz.magic.reversed())
    return bytes.bytes
  }
}
