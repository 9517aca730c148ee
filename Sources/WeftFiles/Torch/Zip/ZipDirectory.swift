/// The central directory of a zip archive: what members there are, and where.
///
/// Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3.12 to 4.3.16, 4.5.3)
struct ZipDirectory {
  /// More members than any model has.
  static let maximumEntryCount = 110_000
  /// The largest directory that is read, in bytes.
  static let maximumByteCount = 24 << 20

  private static let endByteCount = 22
  private static let locatorByteCount = 20
  private static let wideEndByteCount = 56
  private static let entryByteCount = 46
  private static let maximumCommentByteCount = 0xFFFF

  /// The members in the order of the directory.
  private(set) var entries: [ZipEntry] = []
  /// Where the directory starts; every member lies before it.
  private(set) var offset = 0

  private var byteCount = 0
  private var entryCount = 0

  /// Reads the directory that the end of the source points to.
  init(_ source: any ByteSource) throws {
    try locate(source)
    guard entryCount <= Self.maximumEntryCount, byteCount <= Self.maximumByteCount else {
      throw ZipError.Problem.tooManyEntries(count: entryCount)
    }
    let bytes = try source.bytes(offset..<offset + byteCount)
    try parse(bytes)
  }

  /// Finds the directory by the last end record, which must follow it at once.
  private mutating func locate(_ source: any ByteSource) throws {
    let tailByteCount = min(
      source.byteCount,
      Self.endByteCount + Self.maximumCommentByteCount + Self.locatorByteCount)
    let tailOffset = source.byteCount - tailByteCount
    let tail = try source.bytes(tailOffset..<source.byteCount)
    guard let end = Self.endRecord(in: tail) else { throw ZipError.Problem.noDirectory }
    let endOffset = tailOffset + end
    let malformed = ZipError.Problem.malformedDirectory(offsetInFile: endOffset)
    guard tail.field(at: end + 4, byteCount: 4) == 0,
      let count = tail.field(at: end + 10, byteCount: 2),
      tail.field(at: end + 8, byteCount: 2) == count,
      let size = tail.field(at: end + 12, byteCount: 4),
      let start = tail.field(at: end + 16, byteCount: 4)
    else { throw ZipError.Problem.severalDisks }
    (entryCount, byteCount, offset) = (count, size, start)
    var directoryEnd = endOffset
    let locator = end - Self.locatorByteCount
    if locator >= 0, tail.field(at: locator, byteCount: 4) == 0x0706_4B50 {
      guard let wideOffset = tail.wideField(at: locator + 8) else { throw malformed }
      try readWideEnd(source, at: wideOffset, locatorOffset: tailOffset + locator)
      directoryEnd = wideOffset
    }
    guard offset <= directoryEnd, byteCount == directoryEnd - offset else { throw malformed }
  }

  /// Where the last end record whose comment fits starts in the tail of a file.
  private static func endRecord(in tail: [UInt8]) -> Int? {
    var offset = tail.count - endByteCount
    while offset >= 0 {
      if tail[offset] == 0x50, tail.field(at: offset, byteCount: 4) == 0x0605_4B50,
        let comment = tail.field(at: offset + 20, byteCount: 2),
        offset + endByteCount + comment <= tail.count
      {
        return offset
      }
      offset -= 1
    }
    return nil
  }

  /// Takes the 64-bit record, which the short one must not contradict.
  private mutating func readWideEnd(
    _ source: any ByteSource, at wideOffset: Int, locatorOffset: Int
  ) throws {
    let malformed = ZipError.Problem.malformedDirectory(offsetInFile: wideOffset)
    guard wideOffset <= locatorOffset, locatorOffset - wideOffset >= Self.wideEndByteCount else {
      throw malformed
    }
    let record = try source.bytes(wideOffset..<wideOffset + Self.wideEndByteCount)
    guard record.field(at: 0, byteCount: 4) == 0x0606_4B50,
      record.field(at: 16, byteCount: 4) == 0, record.field(at: 20, byteCount: 4) == 0,
      let count = record.wideField(at: 32), record.wideField(at: 24) == count,
      let size = record.wideField(at: 40), let start = record.wideField(at: 48),
      entryCount == count || entryCount == 0xFFFF,
      byteCount == size || byteCount == 0xFFFF_FFFF,
      offset == start || offset == 0xFFFF_FFFF
    else { throw malformed }
    (entryCount, byteCount, offset) = (count, size, start)
  }
}

extension ZipDirectory {
  private mutating func parse(_ bytes: [UInt8]) throws(ZipError.Problem) {
    var cursor = 0
    entries.reserveCapacity(min(entryCount, bytes.count / Self.entryByteCount))
    for _ in 0..<entryCount {
      guard let (entry, next) = Self.entry(in: bytes, at: cursor) else {
        throw .malformedDirectory(offsetInFile: offset + cursor)
      }
      entries.append(entry)
      cursor = next
    }
    guard cursor == bytes.count else { throw .malformedDirectory(offsetInFile: offset + cursor) }
  }

  private static func entry(in bytes: [UInt8], at start: Int) -> (ZipEntry, next: Int)? {
    guard bytes.field(at: start, byteCount: 4) == 0x0201_4B50,
      let flags = bytes.field(at: start + 8, byteCount: 2),
      let method = bytes.field(at: start + 10, byteCount: 2),
      let checksum = bytes.field(at: start + 16, byteCount: 4),
      let nameCount = bytes.field(at: start + 28, byteCount: 2),
      let extraCount = bytes.field(at: start + 30, byteCount: 2),
      let commentCount = bytes.field(at: start + 32, byteCount: 2),
      bytes.field(at: start + 34, byteCount: 2) == 0
    else { return nil }
    let nameStart = start + entryByteCount
    let extraStart = nameStart + nameCount
    let next = extraStart + extraCount + commentCount
    guard next <= bytes.count,
      let sizes = sizes(in: bytes, at: start, extra: extraStart..<extraStart + extraCount)
    else { return nil }
    let nameBytes = Array(bytes[nameStart..<extraStart])
    let entry = ZipEntry(
      name: String(decoding: nameBytes, as: UTF8.self), nameBytes: nameBytes, flags: flags,
      method: method, checksum: UInt32(truncatingIfNeeded: checksum), packedByteCount: sizes.packed,
      byteCount: sizes.unpacked, headerOffset: sizes.headerOffset)
    return (entry, next)
  }

  private struct Sizes {
    var unpacked: Int
    var packed: Int
    var headerOffset: Int
  }

  /// The sizes and the place; the 64-bit field holds, in this order, those that are all ones in the short fields.
  private static func sizes(in bytes: [UInt8], at start: Int, extra: Range<Int>) -> Sizes? {
    guard let packed = bytes.field(at: start + 20, byteCount: 4),
      let unpacked = bytes.field(at: start + 24, byteCount: 4),
      let header = bytes.field(at: start + 42, byteCount: 4)
    else { return nil }
    var sizes = Sizes(unpacked: unpacked, packed: packed, headerOffset: header)
    guard [unpacked, packed, header].contains(0xFFFF_FFFF) else { return sizes }
    guard var cursor = wideExtra(in: bytes, extra) else { return nil }
    for path in [\Sizes.unpacked, \Sizes.packed, \Sizes.headerOffset]
    where sizes[keyPath: path] == 0xFFFF_FFFF {
      guard cursor.count >= 8, let value = bytes.wideField(at: cursor.lowerBound) else {
        return nil
      }
      sizes[keyPath: path] = value
      cursor = cursor.lowerBound + 8..<cursor.upperBound
    }
    return sizes
  }

  /// The range of the 64-bit field among the extra ones.
  private static func wideExtra(in bytes: [UInt8], _ extra: Range<Int>) -> Range<Int>? {
    var cursor = extra.lowerBound
    while extra.upperBound - cursor >= 4, let id = bytes.field(at: cursor, byteCount: 2),
      let count = bytes.field(at: cursor + 2, byteCount: 2)
    {
      let end = cursor + 4 + count
      guard end <= extra.upperBound else { return nil }
      if id == 1 { return cursor + 4..<end }
      cursor = end
    }
    return nil
  }
}
