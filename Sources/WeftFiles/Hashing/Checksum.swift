import CDeflate
import Synchronization
import WeftTensors

/// The CRC-32 of zip archives.
enum Checksum {
  /// The checksum of bytes in memory.
  static func of(_ bytes: [UInt8]) -> UInt32 {
    // In bounds: the array's own memory.
    bytes.withUnsafeBytes { libdeflate_crc32(0, $0.baseAddress, $0.count) }
  }

  /// The checksum of a slice.
  static func of(_ slice: ByteSlice) -> UInt32 {
    guard slice.byteCount > 0 else { return 0 }
    // In bounds: the slice's own memory.
    return withExtendedLifetime(slice) {
      libdeflate_crc32(0, slice.memory.baseAddress, slice.byteCount)
    }
  }
}

/// The checksums of several runs of bytes that threads write piece by piece, in any order.
final class SharedChecksums: Sendable {
  private let ledgers: Mutex<[ChecksumLedger]>

  /// Makes ledgers for so many runs.
  init(count: Int) {
    ledgers = Mutex(Array(repeating: ChecksumLedger(forgets: false), count: count))
  }

  /// Takes down a piece of a run; every byte is given once.
  func add(_ slice: ByteSlice, run: Int, at offset: Int) {
    let part = ChecksumLedger.Part(
      offset: offset, byteCount: slice.byteCount, checksum: Checksum.of(slice))
    ledgers.withLock { $0[run].add(part) }
  }

  /// The checksum of each run; all of its bytes were given.
  var checksums: [UInt32] {
    ledgers.withLock { $0.map { $0.separateParts.first?.checksum ?? 0 } }
  }
}
