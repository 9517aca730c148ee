import CKernels
package import WeftTensors

/// A SHA-256 that can be fed together with another one, which costs little more than one alone.
///
/// A single hash waits for its own rounds most of the time; two keep the processor's SHA unit busy. One thread at a
/// time uses a stream.
package final class SHA256Stream: @unchecked Sendable {
  private var state = weft_sha256()
  private let isDefining: Bool

  /// Starts an empty hash, with the fastest functions or with the ones that define the result.
  package init(isDefining: Bool = false) {
    self.isDefining = isDefining
    weft_sha256_start(&state)
  }

  /// Adds bytes.
  package func update(_ slice: ByteSlice) {
    Self.update(self, slice, SHA256Stream(), slice.prefix(0))
  }

  /// Adds bytes to two different hashes, which may be of different lengths, or the same bytes.
  package static func update(
    _ one: SHA256Stream, _ slice: ByteSlice, _ other: SHA256Stream, _ otherSlice: ByteSlice
  ) {
    precondition(one !== other)
    // In bounds: the kernel reads the slices' own sizes.
    withExtendedLifetime((slice, otherSlice)) {
      weft_sha256_update(
        &one.state, slice.start, slice.byteCount, &other.state, otherSlice.start,
        otherSlice.byteCount, one.isDefining)
    }
  }

  /// Ends the hash and gives its 32 bytes; a stream is used no more after that.
  package func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    // In bounds: a digest has 32 bytes.
    weft_sha256_finish(&state, &digest)
    return digest
  }
}
