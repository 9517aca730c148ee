import CKernels
package import WeftTensors

extension BlockCodec {
  /// The number of whole blocks of which a scale is NaN or infinite, or stands for NaN.
  package func brokenBlockCount(in blocks: ByteSlice) -> Int {
    let blockCount = blocks.byteCount / dtype.blockByteCount
    precondition(blocks.byteCount == blockCount * dtype.blockByteCount)
    return withExtendedLifetime(blocks) {
      guard blockCount > 0, let source = blocks.start else { return 0 }
      // In bounds: `blocks` holds `blockCount` blocks, checked above.
      return Int(
        weft_count_broken_blocks(code, source.assumingMemoryBound(to: UInt8.self), blockCount))
    }
  }
}
