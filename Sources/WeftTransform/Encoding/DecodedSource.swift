import WeftFiles
import WeftKernels
package import WeftTensors

/// The float32 values of a tensor that is stored in another form, as bytes that can be read at any offset.
package final class DecodedSource: ByteSource {
  /// How the values are stored.
  package let stored: StoredForm
  private let decoder: any ValueDecoder
  private let edges = BufferPool()

  /// Makes the source of a decoder's values.
  package init(_ decoder: any ValueDecoder, stored: StoredForm) {
    self.decoder = decoder
    self.stored = stored
  }

  /// The same values with another description of how they are stored.
  func storing(_ stored: StoredForm) -> DecodedSource { DecodedSource(decoder, stored: stored) }

  /// The same values of bytes that are read once and stay in memory.
  func inMemory() throws -> DecodedSource { DecodedSource(try decoder.inMemory(), stored: stored) }

  package var path: String { decoder.path }
  package var byteCount: Int { decoder.elementCount * Self.width }

  private static let width = 4

  package func read(at offset: Int, into slice: ByteSlice) throws {
    guard offset >= 0, offset + slice.byteCount <= byteCount else {
      throw FileError(path: path, reason: .shortRead(offsetInFile: byteCount))
    }
    let group = decoder.grain * Self.width
    var position = offset
    let end = offset + slice.byteCount
    while position < end {
      let target = slice[position - offset..<slice.byteCount]
      let wholeEnd = end == byteCount ? end : end / group * group
      if position % group == 0, wholeEnd > position {
        try decoder.decode(
          position / Self.width..<wholeEnd / Self.width, into: target.prefix(wholeEnd - position))
        position = wholeEnd
      } else {
        position += try readEdge(at: position, group: group, into: target)
      }
    }
  }

  /// Copies the part of one group that is asked for; gives its size in bytes.
  private func readEdge(at position: Int, group: Int, into target: ByteSlice) throws -> Int {
    let start = position / group * group
    let size = min(group, byteCount - start)
    let count = min(size - (position - start), target.byteCount)
    try edges.withBuffer(byteCount: size) { values in
      try decoder.decode(start / Self.width..<(start + size) / Self.width, into: values)
      target.copy(from: values[position - start..<position - start + count])
    }
    return count
  }
}
