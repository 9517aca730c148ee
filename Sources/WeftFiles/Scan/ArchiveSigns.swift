/// What containers are known by.
enum ArchiveSigns {
  private static let zipStarts = [Array("PK\u{03}\u{04}".utf8), endStart]
  private static let endStart = Array("PK\u{05}\u{06}".utf8)
  private static let endByteCount = 22

  /// Whether a source starts as a zip archive, or ends as one: programs look for either.
  ///
  /// The end of a deflated member costs as much to reach as all of it.
  static func isZip(
    _ source: any ByteSource, _ start: [UInt8], looksAtEnd: Bool = true
  ) throws -> Bool {
    if zipStarts.contains(where: { start.starts(with: $0) }) { return true }
    guard looksAtEnd, source.byteCount >= endByteCount else { return false }
    let endOffset = source.byteCount - endByteCount
    let end = try source.bytes(endOffset..<source.byteCount)
    return end.starts(with: endStart)
  }

  /// The title of an archive that is not looked into, or nil.
  static func closedArchive(_ start: [UInt8]) -> String? {
    switch ForeignContent.detect(start) {
    case .sevenZip, .gzip, .bzip2, .xz, .rar, .tar:
      return ForeignContent.detect(start)?.title
    default: return nil
    }
  }

  /// Whether this is a known kind of file that holds no pickle.
  static func isOther(_ start: [UInt8]) -> Bool {
    switch ForeignContent.detect(start) {
    case nil, .pickle: false
    default: true
    }
  }
}
