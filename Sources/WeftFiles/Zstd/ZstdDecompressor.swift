import CZstd
import WeftTensors

/// Unpacks frames, with memory that is used again; one thread at a time uses it.
final class ZstdDecompressor: @unchecked Sendable {
  /// Why a frame cannot be unpacked.
  enum Failure: Error {
    case corrupt(String)
    case wrongSize(Int?)
    case wrongChecksum
  }

  private let context = ZSTD_createDCtx()
  private var reader = PackedReader()

  deinit { ZSTD_freeDCtx(context) }

  /// Unpacks a frame of a file, the same file every time, into a slice of its size.
  func unpack(_ frame: Frame, of file: InputFile, into target: ByteSlice) throws {
    let source = try reader.bytes(of: frame, in: file)
    try withExtendedLifetime((source, target)) {
      let memory = UnsafeRawBufferPointer(source.memory)
      try unpack(memory, into: target.memory)
      try check(frame.checksum, packed: memory, unpacked: UnsafeRawBufferPointer(target.memory))
    }
  }

  /// In bounds: the library takes the sizes of both and stays within them.
  func unpack(
    _ packed: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(Failure) {
    guard ZSTD_findFrameCompressedSize(packed.baseAddress, packed.count) == packed.count else {
      throw .corrupt("it is not one whole frame")
    }
    let stated = ZSTD_getFrameContentSize(packed.baseAddress, packed.count)
    if stated < UInt64(Int.max), stated != UInt64(target.count) { throw .wrongSize(Int(stated)) }
    let result = ZSTD_decompressDCtx(
      context, target.baseAddress, target.count, packed.baseAddress, packed.count)
    guard ZSTD_isError(result) == 0 else {
      let isTooLarge = ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall
      throw isTooLarge ? .wrongSize(nil) : .corrupt(String(cString: ZSTD_getErrorName(result)))
    }
    guard result == target.count else { throw .wrongSize(result) }
  }

  /// A frame's own checksum, which the library has checked, is the same hash as the table's.
  private func check(
    _ checksum: UInt64?, packed: UnsafeRawBufferPointer, unpacked: UnsafeRawBufferPointer
  ) throws(Failure) {
    guard let checksum else { return }
    let found =
      ZstdFrame.checksum(packed) ?? UInt32(truncatingIfNeeded: XXH64.hash(unpacked))
    guard UInt64(found) == checksum else { throw .wrongChecksum }
  }
}

/// What the bytes of a frame say by themselves.
enum ZstdFrame {
  /// The bit of the frame header's descriptor, its fifth byte, which says that a checksum ends the frame.
  /// Source: https://github.com/facebook/zstd/blob/v1.5.6/doc/zstd_compression_format.md#frame_header_descriptor
  private static let checksumFlag: UInt8 = 0x04

  /// The checksum of what the frame unpacks to, or nil when it has none.
  static func checksum(_ frame: some RandomAccessCollection<UInt8>) -> UInt32? {
    guard frame.count >= 9, let descriptor = frame.dropFirst(4).first,
      descriptor & checksumFlag != 0
    else { return nil }
    return frame.suffix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
