import WeftTensors

/// The seekable format of zstd: frames of a few MiB, then a table of them.
struct ZstdContainer: FrameContainer {
  /// The largest frame: a few MiB, so that a tensor is read without unpacking much else.
  private static let frameByteCount = 4 << 20

  var start: [UInt8] { [] }
  var endsWithHeader: Bool { false }

  func cuts(_ range: Range<Int>) -> [FrameCut] { split(range, by: Self.frameByteCount) }

  func largestPackedByteCount(_ byteCount: Int) -> Int {
    ZstdCompressor.largestByteCount(byteCount)
  }

  func makePacker() -> any FramePacker { ZstdFramePacker() }

  func end(_ frames: [PackedFrame], headerCount: Int) -> [UInt8] {
    SeekTable.bytes(
      frames.map { ($0.packedByteCount, $0.byteCount, UInt32(truncatingIfNeeded: $0.checksum)) })
  }
}

/// Packs frames with zstd.
private struct ZstdFramePacker: FramePacker {
  /// Fast, and weights hardly become smaller at higher levels.
  private static let level = 3

  private let compressor = ZstdCompressor(level: level)

  func pack(_ slice: ByteSlice, of cut: FrameCut, into target: ByteSlice) throws -> PackedFrame {
    let byteCount = try compressor.compress(slice, into: target)
    let checksum = withExtendedLifetime(target) {
      ZstdFrame.checksum(UnsafeRawBufferPointer(target.prefix(byteCount).memory))
    }
    return PackedFrame(
      byteCount: slice.byteCount, packedByteCount: byteCount, checksum: UInt64(checksum ?? 0))
  }
}
