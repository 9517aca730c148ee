extension WzIndex {
  /// The chunks of a file in the order of what they unpack to, without gaps.
  static func read(_ file: InputFile) throws -> [Frame] {
    do {
      try checkPrologue(file)
      let epilogue = try readEpilogue(file)
      let index = try file.bytes(epilogue.start..<epilogue.checkedEnd)
      try check(index, epilogue)
      return try frames(index, epilogue)
    } catch let problem as WzError.Problem {
      throw WzError(path: file.path, problem: problem)
    }
  }

  private struct Epilogue {
    let bytes: [UInt8]
    let chunkCount: Int
    let headerCount: Int
    let byteCount: UInt64
    /// Where the index starts in the file.
    let start: Int
    /// Where what the checksum is of ends, which is the index and the numbers of the epilogue.
    let checkedEnd: Int
  }

  private static func checkPrologue(_ file: InputFile) throws {
    guard file.byteCount >= Wz.prologueByteCount + Wz.epilogueByteCount else {
      throw WzError.Problem.tooShort(byteCount: file.byteCount)
    }
    let prologue = try file.bytes(0..<Wz.prologueByteCount)
    let version = UInt32(truncatingIfNeeded: number(prologue, at: 8, byteCount: 4))
    guard version == Wz.version, prologue == Wz.prologue else {
      throw WzError.Problem.unknownVersion(version)
    }
  }

  private static func readEpilogue(_ file: InputFile) throws -> Epilogue {
    let bytes = try file.bytes(file.byteCount - Wz.epilogueByteCount..<file.byteCount)
    guard bytes.suffix(Wz.magic.count).elementsEqual(Wz.magic.reversed()) else {
      throw WzError.Problem.noEnd
    }
    let chunkCount = Int(number(bytes, at: 0, byteCount: 4))
    guard chunkCount <= Wz.maximumChunkCount else {
      throw WzError.Problem.tooManyChunks(chunkCount)
    }
    let room = file.byteCount - Wz.prologueByteCount - Wz.epilogueByteCount
    guard chunkCount * Wz.entryByteCount <= room else {
      throw WzError.Problem.invalidIndex("\(chunkCount) chunks do not fit into the file")
    }
    let headerCount = Int(number(bytes, at: 4, byteCount: 4))
    guard headerCount <= chunkCount else {
      throw WzError.Problem.invalidIndex(
        "\(headerCount) of \(chunkCount) chunks are said to be the header's")
    }
    return Epilogue(
      bytes: bytes, chunkCount: chunkCount, headerCount: headerCount,
      byteCount: number(bytes, at: 8, byteCount: 8),
      start: Wz.prologueByteCount + room - chunkCount * Wz.entryByteCount,
      checkedEnd: Wz.prologueByteCount + room + 16)
  }

  private static func check(_ index: [UInt8], _ epilogue: Epilogue) throws(WzError.Problem) {
    // In bounds: the array's own memory.
    let checksum = index.withUnsafeBytes { XXH64.hash($0) }
    guard checksum == number(epilogue.bytes, at: 16, byteCount: 8) else {
      throw .invalidIndex("its bytes do not have its checksum")
    }
  }

  /// The chunks where they are; their number and sizes are bounded, so that no sum can overflow.
  private static func frames(_ index: [UInt8], _ epilogue: Epilogue) throws -> [Frame] {
    let count = epilogue.chunkCount
    let entries = try (0..<count).map { try checkedEntry(index, chunk: $0) }
    let sum = entries.reduce(0) { $0 + $1.packedByteCount }
    guard sum == epilogue.start - Wz.prologueByteCount else {
      throw WzError.Problem.wrongSum(
        byteCount: sum, expected: epilogue.start - Wz.prologueByteCount)
    }
    let total = entries.reduce(0) { $0 + $1.byteCount }
    guard UInt64(total) == epilogue.byteCount else {
      throw WzError.Problem.wrongTotal(byteCount: total, expected: epilogue.byteCount)
    }
    return placed(entries, headerCount: epilogue.headerCount)
  }

  /// The header's chunks are the last in the file and the first in what it unpacks to.
  private static func placed(_ entries: [Entry], headerCount: Int) -> [Frame] {
    var offsetInFile = Wz.prologueByteCount
    let offsets = entries.map { entry in
      defer { offsetInFile += entry.packedByteCount }
      return offsetInFile
    }
    let header = entries.count - headerCount
    var offset = 0
    return [header..<entries.count, 0..<header].joined().map { index in
      let entry = entries[index]
      defer { offset += entry.byteCount }
      return Frame(
        offsetInFile: offsets[index], compressedByteCount: entry.packedByteCount, offset: offset,
        byteCount: entry.byteCount, checksum: entry.checksum)
    }
  }

  private static func checkedEntry(_ index: [UInt8], chunk: Int) throws(WzError.Problem) -> Entry {
    let start = chunk * Wz.entryByteCount
    let entry = Entry(
      byteCount: Int(number(index, at: start, byteCount: 4)),
      packedByteCount: Int(number(index, at: start + 4, byteCount: 4)),
      checksum: number(index, at: start + 8, byteCount: 8))
    guard entry.byteCount > 0, entry.byteCount <= Wz.maximumChunkByteCount else {
      throw .invalidChunkSize(chunk: chunk, byteCount: entry.byteCount)
    }
    guard entry.packedByteCount <= Wz.largestPackedByteCount(entry.byteCount) else {
      throw .packedTooLarge(
        chunk: chunk, byteCount: entry.packedByteCount, unpackedByteCount: entry.byteCount)
    }
    return entry
  }

  /// A little-endian number; the caller has checked that it is there.
  private static func number(_ bytes: [UInt8], at offset: Int, byteCount: Int) -> UInt64 {
    bytes[offset..<offset + byteCount].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
