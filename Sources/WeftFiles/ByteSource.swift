package import WeftTensors

/// Bytes that can be read at any offset, from any thread: a file, or what is unpacked from one.
package protocol ByteSource: Sendable {
  /// The path that errors name.
  var path: String { get }
  /// The number of bytes.
  var byteCount: Int { get }
  /// Fills a slice with the bytes at an offset; throws when they end before, or cannot be unpacked.
  func read(at offset: Int, into slice: ByteSlice) throws
  /// The bytes of a range of the source where they are in memory; nil where they must be read.
  func held(_ range: Range<Int>) -> ByteSlice?
}

extension ByteSource {
  package func held(_ range: Range<Int>) -> ByteSlice? { nil }
}

extension ByteSource {
  /// The bytes of a range, for the small parts that are held in memory.
  package func bytes(_ range: Range<Int>) throws -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else {
      throw FileError(path: path, reason: .shortRead(offsetInFile: byteCount))
    }
    // Piece by piece: a long header must not be in memory twice.
    let buffer = ByteBuffer(byteCount: min(range.count, 1 << 20), isZeroed: false)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    while bytes.count < range.count {
      let piece = buffer.all.prefix(min(buffer.byteCount, range.count - bytes.count))
      try read(at: range.lowerBound + bytes.count, into: piece)
      withExtendedLifetime(piece) { bytes.append(contentsOf: piece.memory) }
    }
    return bytes
  }
}

extension InputFile: ByteSource {}
