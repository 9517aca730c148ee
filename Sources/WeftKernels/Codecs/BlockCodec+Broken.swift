import CKernels
package import WeftTensors

extension BlockCodec {
  /// The codes number the types in the order of `DType`.
  private static let codes = Dictionary(
    uniqueKeysWithValues: zip(DType.allCases.filter(\.isBlocks), 0...)
      .map { ($0, weft_code(rawValue: $1)) })

  /// The number of whole blocks of which a scale is NaN or infinite, or stands for NaN.
  package func brokenBlockCount(in blocks: ByteSlice) -> Int {
    let blockCount = blocks.byteCount / dtype.blockByteCount
    precondition(blocks.byteCount == blockCount * dtype.blockByteCount)
    return withExtendedLifetime(blocks) {
      guard blockCount > 0, let source = blocks.start, let code = Self.codes[dtype] else {
        return 0
      }
      // In bounds: `blocks` holds `blockCount` blocks, checked above.
      return Int(
        weft_count_broken_blocks(code, source.assumingMemoryBound(to: UInt8.self), blockCount))
    }
  }
}
