import WeftTensors

/// Numbers of the other byte order, in this machine's order.
struct SwappedSource: ByteSource {
  private static let pieceByteCount = 64 << 10

  private let source: any ByteSource
  private let width: Int

  /// Takes data whose numbers have a width in bytes.
  init(_ source: any ByteSource, width: Int) {
    self.source = source
    self.width = width
  }

  var path: String { source.path }
  var byteCount: Int { source.byteCount }

  func read(at offset: Int, into slice: ByteSlice) throws {
    guard offset >= 0, slice.byteCount <= byteCount, offset <= byteCount - slice.byteCount else {
      throw FileError(path: path, reason: .shortRead(offsetInFile: byteCount))
    }
    if offset.isMultiple(of: width), slice.byteCount.isMultiple(of: width) {
      try source.read(at: offset, into: slice)
      return swap(slice)
    }
    try readUnaligned(at: offset, into: slice)
  }

  /// Reads whole numbers around a range that starts or ends within one.
  private func readUnaligned(at offset: Int, into slice: ByteSlice) throws {
    let buffer = ByteBuffer(byteCount: Self.pieceByteCount + 2 * width, isZeroed: false)
    var done = 0
    while done < slice.byteCount {
      let start = offset + done
      let count = min(Self.pieceByteCount, slice.byteCount - done)
      let first = start / width * width
      let last = min((start + count + width - 1) / width * width, byteCount)
      let piece = buffer.prefix(last - first)
      try source.read(at: first, into: piece)
      swap(piece.prefix(piece.byteCount / width * width))
      slice[done..<done + count].copy(from: piece[start - first..<start - first + count])
      done += count
    }
  }

  private func swap(_ slice: ByteSlice) {
    // In bounds: the index runs over whole numbers within the slice.
    withExtendedLifetime(slice) {
      let memory = slice.memory
      for start in stride(from: 0, to: memory.count - width + 1, by: width) {
        memory[start..<start + width].reverse()
      }
    }
  }
}

extension ByteSlice {
  /// Overwrites the start of the slice with another's bytes; the two must not overlap.
  func copy(from other: ByteSlice) {
    precondition(other.byteCount <= byteCount)
    // In bounds: the count was checked, and both slices hold at least that many bytes.
    withExtendedLifetime((self, other)) {
      memory.copyMemory(from: UnsafeRawBufferPointer(other.memory))
    }
  }
}
