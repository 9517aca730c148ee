import CPlanes
import CZstd
import WeftTensors

/// Packs planes, each by the method that suits its bytes; one thread at a time uses it.
final class PlanePacker: @unchecked Sendable {
  /// How a plane is kept.
  enum Method: UInt32 {
    case raw = 0, zstd, constant
  }

  /// Smaller planes than this are not worth a frame, in bytes.
  private static let minimumByteCount = 48

  /// Codes values by their frequencies and looks for no repetitions, which noise has only by chance.
  private let entropy = ZSTD_createCCtx()
  /// Looks for repetitions too: in text, in integers and where one value prevails.
  private let matches = ZSTD_createCCtx()

  init() {
    ZSTD_CCtx_setParameter(matches, ZSTD_c_compressionLevel, 3)
    ZSTD_CCtx_setParameter(entropy, ZSTD_c_compressionLevel, ZSTD_minCLevel())
    // ZSTD_c_literalCompressionMode, without which the fastest levels leave literals as they are; 1: always compress.
    // Source: https://github.com/facebook/zstd/blob/v1.5.4/lib/zstd.h#L1891
    let isKnown = ZSTD_CCtx_setParameter(entropy, ZSTD_c_experimentalParam5, 1)
    if ZSTD_isError(isKnown) != 0 {
      ZSTD_CCtx_setParameter(entropy, ZSTD_c_compressionLevel, 1)
      ZSTD_CCtx_setParameter(entropy, ZSTD_c_minMatch, 7)
    }
  }

  deinit {
    ZSTD_freeCCtx(entropy)
    ZSTD_freeCCtx(matches)
  }

  /// Packs a plane into a slice of at least its size.
  ///
  /// - Parameters:
  ///   - plane: the bytes.
  ///   - repeats: whether repetitions are to be expected.
  ///   - target: where the packed bytes go.
  /// - Returns: the method and the number of packed bytes.
  func pack(
    _ plane: ByteSlice, repeats: Bool, into target: ByteSlice
  ) -> (method: Method, byteCount: Int) {
    withExtendedLifetime((plane, target)) {
      let (from, to) = (plane.memory, target.memory)
      guard !from.isEmpty, let start = from.baseAddress, let end = to.baseAddress else {
        return (.raw, 0)
      }
      let sample = weft_planes_sample(start, from.count)
      if sample.most == sample.count, from.allSatisfy({ $0 == from[0] }) {
        to[0] = from[0]
        return (.constant, 1)
      }
      if from.count >= Self.minimumByteCount, !sample.isNoise {
        let context = repeats || sample.hasPrevailingValue ? matches : entropy
        // In bounds: the library takes both sizes; where its frame does not fit, it says so.
        let limit = from.count - from.count / 64
        let count = ZSTD_compress2(context, end, limit, start, from.count)
        if ZSTD_isError(count) == 0 { return (.zstd, count) }
      }
      to.copyMemory(from: UnsafeRawBufferPointer(from))
      return (.raw, from.count)
    }
  }
}

extension weft_plane_sample {
  /// Whether values are so evenly spread that less than about a tenth of a bit is to be gained for each byte.
  fileprivate var isNoise: Bool {
    // The sum of squares is at least count² / 256, and count larger for a sample of noise; a seventh more of the
    // former is 0.1 bit.
    7 * 256 * squares < 8 * count * count + 7 * 256 * count
  }

  /// Whether one value is so frequent that a code of whole bits for each byte wastes much.
  fileprivate var hasPrevailingValue: Bool { 4 * most > 3 * count }
}
