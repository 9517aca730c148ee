package import WeftTensors

/// Bytes that are held in memory, as a source.
package struct MemorySource: ByteSource {
  /// The path that errors name.
  package let path: String
  private let content: [UInt8]

  /// Takes bytes and the path that errors name.
  package init(_ content: [UInt8], path: String) {
    self.content = content
    self.path = path
  }

  /// The number of bytes.
  package var byteCount: Int { content.count }

  /// Fills a slice with the bytes at an offset.
  package func read(at offset: Int, into slice: ByteSlice) throws {
    try check(offset, slice.byteCount)
    // In bounds: the range was checked, and the slice holds exactly as many bytes.
    withExtendedLifetime(slice) {
      slice.memory.copyBytes(from: content[offset..<offset + slice.byteCount])
    }
  }

  /// The bytes of a range.
  package func bytes(_ range: Range<Int>) throws -> [UInt8] {
    try check(range.lowerBound, range.count)
    return range == 0..<content.count ? content : Array(content[range])
  }

  private func check(_ offset: Int, _ count: Int) throws {
    guard offset >= 0, count <= content.count, offset <= content.count - count else {
      throw FileError(path: path, reason: .shortRead(offsetInFile: content.count))
    }
  }
}
