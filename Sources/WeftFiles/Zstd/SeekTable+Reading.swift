import WeftTensors

extension SeekTable {
  /// The frames of a file, in order and without gaps.
  static func read(_ file: InputFile) throws -> [Frame] {
    do {
      let footer = try readFooter(file)
      let entries = try file.bytes(footer.start + headerByteCount..<footer.start + footer.entryEnd)
      let sizes = Sizes(entries, hasChecksums: footer.hasChecksums)
      let sum = sizes.reduce(0) { $0 + $1.compressedByteCount }
      // Other programs may have put skippable frames in front that the table does not count.
      guard try isSkippable(file, to: footer.start - sum) else {
        throw ZstdError.Problem.wrongSum(byteCount: sum, expected: footer.start)
      }
      return try placed(sizes, from: footer.start - sum)
    } catch let problem as ZstdError.Problem {
      throw ZstdError(path: file.path, problem: problem)
    }
  }

  private struct Footer {
    /// Where the table starts in the file.
    let start: Int
    /// Where the entries end, counted from there.
    let entryEnd: Int
    let hasChecksums: Bool
  }

  /// Checks the footer, then the header that it leads to.
  private static func readFooter(_ file: InputFile) throws -> Footer {
    guard file.byteCount >= headerByteCount + footerByteCount else {
      throw ZstdError.Problem.notSeekable
    }
    let footer = try file.bytes(file.byteCount - footerByteCount..<file.byteCount)
    guard number(footer, at: 5) == footerMagic else { throw ZstdError.Problem.notSeekable }
    guard footer[4] & reservedBits == 0 else {
      throw ZstdError.Problem.invalidTable("reserved bits are set")
    }
    let frameCount = Int(number(footer, at: 0))
    guard frameCount <= maximumFrameCount else {
      throw ZstdError.Problem.invalidTable(
        "\(frameCount) frames are over the limit of \(maximumFrameCount)")
    }
    let hasChecksums = footer[4] & checksumFlag != 0
    let entryEnd = headerByteCount + frameCount * entryByteCount(hasChecksums)
    let start = file.byteCount - entryEnd - footerByteCount
    guard start >= 0 else {
      throw ZstdError.Problem.invalidTable("\(frameCount) frames do not fit into the file")
    }
    let header = try file.bytes(start..<start + headerByteCount)
    guard number(header, at: 0) == magic,
      Int(number(header, at: 4)) == entryEnd - headerByteCount + footerByteCount
    else {
      throw ZstdError.Problem.invalidTable("its start does not agree with its end")
    }
    return Footer(start: start, entryEnd: entryEnd, hasChecksums: hasChecksums)
  }

  /// The frames one after the other; their number and sizes are bounded, so that no sum can overflow.
  private static func placed(_ sizes: Sizes, from start: Int) throws -> [Frame] {
    var offsetInFile = start
    var offset = 0
    var frames: [Frame] = []
    frames.reserveCapacity(sizes.count)
    for (index, size) in sizes.enumerated() {
      try check(size.byteCount, limit: maximumFrameByteCount, frame: index)
      // No compressor makes a frame larger than this; skippable frames, which unpack to nothing, are not read.
      let limit = maximumFrameByteCount + maximumFrameByteCount / 128
      if size.byteCount > 0 { try check(size.compressedByteCount, limit: limit, frame: index) }
      frames.append(
        Frame(
          offsetInFile: offsetInFile, compressedByteCount: size.compressedByteCount,
          offset: offset, byteCount: size.byteCount, checksum: size.checksum.map(UInt64.init)))
      offsetInFile += size.compressedByteCount
      offset += size.byteCount
    }
    return frames
  }

  private static func check(_ byteCount: Int, limit: Int, frame: Int) throws(ZstdError.Problem) {
    guard byteCount <= limit else {
      throw .frameTooLarge(frame: frame, byteCount: byteCount, limit: limit)
    }
  }

  /// Whether a file starts with skippable frames that end at an offset; only a few are looked at.
  private static func isSkippable(_ file: InputFile, to end: Int) throws -> Bool {
    var offset = 0
    for _ in 0..<16 where offset <= end - headerByteCount {
      let header = try file.bytes(offset..<offset + headerByteCount)
      guard ZstdMagic.isSkippable(number(header, at: 0)) else { return false }
      offset += headerByteCount + Int(number(header, at: 4))
    }
    return offset == end
  }

  /// A little-endian number; 0 behind the end.
  static func number(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    guard offset + 4 <= bytes.count else { return 0 }
    return bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}

/// The entries of a table, read from its bytes as they are asked for.
private struct Sizes: RandomAccessCollection {
  private let bytes: [UInt8]
  private let hasChecksums: Bool

  init(_ bytes: [UInt8], hasChecksums: Bool) {
    self.bytes = bytes
    self.hasChecksums = hasChecksums
  }

  var startIndex: Int { 0 }
  var endIndex: Int { bytes.count / SeekTable.entryByteCount(hasChecksums) }

  subscript(index: Int) -> (compressedByteCount: Int, byteCount: Int, checksum: UInt32?) {
    let start = index * SeekTable.entryByteCount(hasChecksums)
    return (
      Int(SeekTable.number(bytes, at: start)), Int(SeekTable.number(bytes, at: start + 4)),
      hasChecksums ? SeekTable.number(bytes, at: start + 8) : nil
    )
  }
}

/// The numbers that zstd files start with.
///
/// Source: https://github.com/facebook/zstd/blob/v1.5.6/doc/zstd_compression_format.md
enum ZstdMagic {
  /// The start of a frame.
  static let frame: UInt32 = 0xFD2F_B528

  /// Whether a number starts a frame that readers skip.
  static func isSkippable(_ magic: UInt32) -> Bool { magic & 0xFFFF_FFF0 == 0x184D_2A50 }
}
