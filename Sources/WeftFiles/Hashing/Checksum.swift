import CDeflate
import CZlib
import Synchronization
package import WeftTensors

/// The CRC-32 of zip archives and undo files.
package enum Checksum {
  /// The checksum of bytes in memory.
  package static func of(_ bytes: [UInt8]) -> UInt32 {
    // In bounds: the array's own memory.
    bytes.withUnsafeBytes { libdeflate_crc32(0, $0.baseAddress, $0.count) }
  }

  /// The checksum of a slice.
  package static func of(_ slice: ByteSlice) -> UInt32 {
    guard slice.byteCount > 0 else { return 0 }
    // In bounds: the slice's own memory.
    return withExtendedLifetime(slice) {
      libdeflate_crc32(0, slice.memory.baseAddress, slice.byteCount)
    }
  }

  /// The checksum of two runs of bytes, one after the other.
  ///
  /// Source: https://github.com/madler/zlib/blob/v1.3.1/zlib.h (crc32_combine)
  package static func joined(_ first: UInt32, _ second: UInt32, secondByteCount: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_combine(uLong(first), uLong(second), secondByteCount))
  }
}

/// The checksums of several runs of bytes that threads write piece by piece, in any order.
package final class SharedChecksums: Sendable {
  private let ledgers: Mutex<[ChecksumLedger]>

  /// Makes ledgers for so many runs.
  package init(count: Int) {
    ledgers = Mutex(Array(repeating: ChecksumLedger(forgets: false), count: count))
  }

  /// Takes down a piece of a run; every byte is given once.
  package func add(_ slice: ByteSlice, run: Int, at offset: Int) {
    let part = ChecksumLedger.Part(
      offset: offset, byteCount: slice.byteCount, checksum: Checksum.of(slice))
    ledgers.withLock { $0[run].add(part) }
  }

  /// The checksum of each run; all of its bytes were given.
  package var checksums: [UInt32] {
    ledgers.withLock { $0.map { $0.separateParts.first?.checksum ?? 0 } }
  }
}
