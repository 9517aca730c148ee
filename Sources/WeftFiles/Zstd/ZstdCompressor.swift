import CZstd
package import WeftTensors

/// Packs bytes into frames that state their size and end in a checksum; one thread at a time uses it.
package final class ZstdCompressor: @unchecked Sendable {
  private let context = ZSTD_createCCtx()

  /// Makes a compressor of a level, which is brought into the range that the library knows.
  package init(level: Int) {
    let known = Int32(clamping: level)
    ZSTD_CCtx_setParameter(
      context, ZSTD_c_compressionLevel, min(max(known, ZSTD_minCLevel()), ZSTD_maxCLevel()))
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1)
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
  }

  deinit { ZSTD_freeCCtx(context) }

  /// The most bytes that a frame takes.
  static func largestByteCount(_ byteCount: Int) -> Int { ZSTD_compressBound(byteCount) }

  /// Packs a slice's bytes into one frame and gives its size.
  ///
  /// - Throws: `ZstdError` when there is no memory, or the target is too small for the frame.
  func compress(_ slice: ByteSlice, into target: ByteSlice) throws -> Int {
    let result = withExtendedLifetime((slice, target)) {
      // In bounds: the library takes both sizes.
      ZSTD_compress2(
        context, target.memory.baseAddress, target.byteCount, slice.memory.baseAddress,
        slice.byteCount)
    }
    guard ZSTD_isError(result) == 0 else {
      let reason = String(cString: ZSTD_getErrorName(result))
      throw ZstdError(path: "", problem: .cannotCompress(reason: reason))
    }
    return result
  }

  /// One frame of a slice's bytes.
  ///
  /// - Throws: `ZstdError` when there is no memory.
  package func compress(_ slice: ByteSlice) throws -> [UInt8] {
    let target = ByteBuffer(byteCount: Self.largestByteCount(slice.byteCount), isZeroed: false)
    return target.all.prefix(try compress(slice, into: target.all)).array
  }

  /// The checksum that a frame ends in, which is the one of the seek table; nil when it has none.
  package static func checksum(of frame: [UInt8]) -> UInt32? { ZstdFrame.checksum(frame) }
}
