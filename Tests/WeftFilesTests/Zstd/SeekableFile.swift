import WeftFiles
import WeftTensors

/// A seekable zstd file in the making, which a test may spoil.
struct SeekableFile {
  typealias Entry = (compressedByteCount: Int, byteCount: Int, checksum: UInt32?)

  /// The packed frames, one after the other.
  var frames: [[UInt8]] = []
  /// What the table will say of them.
  var entries: [Entry] = []

  /// Packs content in frames of a size.
  init(_ content: [UInt8], frameByteCount: Int, level: Int = 3) throws {
    let compressor = ZstdCompressor(level: level)
    for start in stride(from: 0, to: content.count, by: frameByteCount) {
      let part = Array(content[start..<min(start + frameByteCount, content.count)])
      let buffer = ByteBuffer(byteCount: part.count)
      buffer.all.copy(from: part)
      let frame = try compressor.compress(buffer.all)
      frames.append(frame)
      entries.append((frame.count, part.count, ZstdCompressor.checksum(of: frame)))
    }
  }

  /// The whole file.
  var bytes: [UInt8] { frames.flatMap(\.self) + SeekTable.bytes(entries) }
}

/// A skippable frame.
func skippable(_ content: [UInt8]) -> [UInt8] {
  [0x53, 0x2A, 0x4D, 0x18] + littleEndian(UInt64(content.count)).prefix(4) + content
}

/// Bytes that pack to about half, as weights do.
func weightLike(_ count: Int) -> [UInt8] {
  var state: UInt64 = 1
  return (0..<count).map { index in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return index % 2 == 0 ? UInt8(truncatingIfNeeded: state >> 56) : 0x3C
  }
}
