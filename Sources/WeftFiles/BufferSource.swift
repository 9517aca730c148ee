package import WeftTensors

/// Bytes of a buffer, as a source that can be used without a copy.
package struct BufferSource: ByteSource {
  /// The path that errors name.
  package let path: String
  private let buffer: ByteBuffer

  /// Takes a buffer that nobody changes any more, and the path that errors name.
  package init(_ buffer: ByteBuffer, path: String) {
    self.buffer = buffer
    self.path = path
  }

  package var byteCount: Int { buffer.byteCount }

  package func read(at offset: Int, into slice: ByteSlice) throws {
    guard offset >= 0, slice.byteCount <= byteCount, offset <= byteCount - slice.byteCount else {
      throw FileError(path: path, reason: .shortRead(offsetInFile: byteCount))
    }
    slice.copy(from: buffer[offset..<offset + slice.byteCount])
  }

  package func held(_ range: Range<Int>) -> ByteSlice? { buffer[range] }
}
