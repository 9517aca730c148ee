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
  package static func joined(_ first: UInt32, _ second: UInt32, secondByteCount: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_combine(uLong(first), uLong(second), secondByteCount))
  }
}

/// The checksums of several runs of bytes that threads write piece by piece, in any order.
package final class ChecksumLedger: Sendable {
  private struct Piece {
    let offset: Int
    let byteCount: Int
    let checksum: UInt32
  }

  private let pieces: Mutex<[[Piece]]>

  /// Makes a ledger of so many runs.
  package init(count: Int) { pieces = Mutex(Array(repeating: [], count: count)) }

  /// Takes down a piece of a run; every byte is given once.
  package func add(_ slice: ByteSlice, part: Int, at offset: Int) {
    let piece = Piece(offset: offset, byteCount: slice.byteCount, checksum: Checksum.of(slice))
    pieces.withLock { $0[part].append(piece) }
  }

  /// The checksum of each run.
  package func checksums() -> [UInt32] {
    pieces.withLock { parts in
      parts.map { pieces in
        pieces.sorted { $0.offset < $1.offset }.reduce(0) { checksum, piece in
          Checksum.joined(checksum, piece.checksum, secondByteCount: piece.byteCount)
        }
      }
    }
  }
}
