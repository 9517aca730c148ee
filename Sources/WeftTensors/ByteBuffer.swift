#if canImport(Glibc)
  import Glibc
#endif

/// A fixed block of memory, aligned for the widest vectors, that is allocated once and used again and again.
///
/// The first touch of fresh memory is dear, so readers and kernels pass buffers instead of making arrays. A buffer is
/// not locked: one thread at a time may write to it.
package final class ByteBuffer: @unchecked Sendable {
  /// The alignment of the first byte.
  package static let alignment = 64

  /// The size, in bytes.
  package let byteCount: Int
  private let start: UnsafeMutableRawPointer

  /// Allocates a block of zeros, or of whatever the memory held, for a caller that overwrites all of it.
  package init(byteCount: Int, isZeroed: Bool = true) {
    self.byteCount = byteCount
    start = UnsafeMutableRawPointer.allocate(
      byteCount: max(byteCount, 1), alignment: Self.alignment)
    if isZeroed { start.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
  }

  deinit { start.deallocate() }

  /// The whole block.
  package var all: ByteSlice { self[0..<byteCount] }

  /// A part of the block; the range must lie within it.
  package subscript(range: Range<Int>) -> ByteSlice {
    ByteSlice(buffer: self, range: range)
  }

  /// The bytes of a range that lies within the block: checked here, so that every use of a slice is in bounds.
  fileprivate func pointer(to range: Range<Int>) -> UnsafeMutableRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount)
    return UnsafeMutableRawBufferPointer(start: start + range.lowerBound, count: range.count)
  }
}

/// A range of bytes of a buffer; it keeps the buffer alive.
package struct ByteSlice: Sendable {
  /// The block that the bytes are in.
  package let buffer: ByteBuffer
  /// Where in the block they are.
  package let range: Range<Int>

  init(buffer: ByteBuffer, range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= buffer.byteCount)
    self.buffer = buffer
    self.range = range
  }

  /// The number of bytes.
  package var byteCount: Int { range.count }

  /// A part of the slice; the range counts from the slice's own start.
  package subscript(part: Range<Int>) -> ByteSlice {
    precondition(part.lowerBound >= 0 && part.upperBound <= range.count)
    let start = range.lowerBound + part.lowerBound
    return ByteSlice(buffer: buffer, range: start..<start + part.count)
  }

  /// The first bytes of the slice.
  package func prefix(_ byteCount: Int) -> ByteSlice { self[0..<byteCount] }

  /// The memory itself, for the system calls of WeftFiles and the kernels of WeftKernels alone.
  ///
  /// The pointer is valid while the slice is alive; keep the slice in a `withExtendedLifetime` around its use.
  package var memory: UnsafeMutableRawBufferPointer { buffer.pointer(to: range) }

  /// Whether two slices hold the same bytes.
  package func hasSameBytes(as other: ByteSlice) -> Bool {
    guard byteCount == other.byteCount else { return false }
    guard byteCount > 0, let one = memory.baseAddress, let two = other.memory.baseAddress else {
      return true
    }
    // In bounds: both slices hold byteCount bytes.
    return withExtendedLifetime((self, other)) { memcmp(one, two, byteCount) == 0 }
  }

  /// A copy of the bytes.
  package var array: [UInt8] { withExtendedLifetime(self) { Array(memory) } }

  /// Overwrites the start of the slice with the bytes of another.
  package func copy(from other: ByteSlice) {
    precondition(other.byteCount <= byteCount)
    withExtendedLifetime((self, other)) {
      memory.copyMemory(from: UnsafeRawBufferPointer(other.memory))
    }
  }

  /// Overwrites the start of the slice.
  package func copy(from bytes: [UInt8]) {
    precondition(bytes.count <= byteCount)
    withExtendedLifetime(self) { memory.copyBytes(from: bytes) }
  }
}
