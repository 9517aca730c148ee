import WeftTensors

/// A range of another source, as a source of its own.
struct SliceSource: ByteSource {
  private let source: any ByteSource
  private let start: Int
  let byteCount: Int

  /// Takes a range that must lie within the source.
  init(_ source: any ByteSource, range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= source.byteCount)
    self.source = source
    start = range.lowerBound
    byteCount = range.count
  }

  var path: String { source.path }

  func read(at offset: Int, into slice: ByteSlice) throws {
    guard offset >= 0, slice.byteCount <= byteCount, offset <= byteCount - slice.byteCount else {
      throw FileError(path: path, reason: .shortRead(offsetInFile: start + byteCount))
    }
    try source.read(at: start + offset, into: slice)
  }
}
