import Synchronization
import WeftTensors

/// The unpacked bytes of a member; whatever is read is added to its checksum, so that no second pass is needed.
final class ZipMember: ByteSource, IntegrityCheck {
  private static let pieceByteCount = 512 << 10

  /// What the directory says of the member.
  let entry: ZipEntry
  private let content: any ByteSource
  private let ledger = Mutex(ChecksumLedger())

  init(entry: ZipEntry, content: any ByteSource) {
    self.entry = entry
    self.content = content
  }

  var path: String { content.path }
  var byteCount: Int { content.byteCount }

  func read(at offset: Int, into slice: ByteSlice) throws {
    try content.read(at: offset, into: slice)
    guard slice.byteCount == byteCount || slice.byteCount >= ChecksumLedger.minimumPartByteCount
    else { return }
    let part = ChecksumLedger.Part(
      offset: offset, byteCount: slice.byteCount, checksum: Checksum.of(slice))
    ledger.withLock { $0.add(part) }
  }

  func checkIntegrity() throws {
    var whole = ChecksumLedger.Part(offset: 0, byteCount: 0, checksum: 0)
    for part in ledger.withLock({ $0.separateParts }) {
      try append(whole.end..<part.offset, to: &whole)
      whole.append(part)
    }
    try append(whole.end..<byteCount, to: &whole)
    guard whole.checksum == entry.checksum else {
      throw ZipError(path: path, problem: .wrongChecksum(member: entry.name))
    }
  }

  /// Adds the checksum of a range that nobody has read.
  private func append(_ range: Range<Int>, to whole: inout ChecksumLedger.Part) throws {
    guard !range.isEmpty else { return }
    let buffer = ByteBuffer(byteCount: min(Self.pieceByteCount, range.count), isZeroed: false)
    var offset = range.lowerBound
    while offset < range.upperBound {
      let slice = buffer.prefix(min(buffer.byteCount, range.upperBound - offset))
      try content.read(at: offset, into: slice)
      whole.append(
        ChecksumLedger.Part(
          offset: offset, byteCount: slice.byteCount, checksum: Checksum.of(slice)))
      offset += slice.byteCount
    }
  }
}

extension ByteBuffer {
  /// The first bytes of the block.
  func prefix(_ byteCount: Int) -> ByteSlice { self[0..<byteCount] }
}
