import CZlib
import WeftTensors

/// How far the unpacking of a member is; it holds no input, so that it can rest for long.
///
/// It is not locked: one reader at a time owns it. The pool's lock orders the hand-overs.
final class InflateStream: @unchecked Sendable {
  /// The number of packed bytes that were used.
  private(set) var inputOffset = 0
  /// The number of bytes that were unpacked.
  private(set) var outputOffset = 0
  /// Whether the data has ended.
  private(set) var isAtEnd = false

  private let stream: UnsafeMutablePointer<z_stream>

  private init(_ stream: UnsafeMutablePointer<z_stream>) { self.stream = stream }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Starts at the first byte of raw deflate data; nil when there is no memory.
  static func start() -> InflateStream? {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, size) == Z_OK else {
      stream.deallocate()
      return nil
    }
    return InflateStream(stream)
  }

  /// A second state at the same place; nil when there is no memory.
  func copy() -> InflateStream? {
    let copy = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    copy.initialize(to: z_stream())
    guard inflateCopy(copy, stream) == Z_OK else {
      copy.deallocate()
      return nil
    }
    let result = InflateStream(copy)
    (result.inputOffset, result.outputOffset) = (inputOffset, outputOffset)
    result.isAtEnd = isAtEnd
    return result
  }

  /// Unpacks until the memory is full or the data ends; gives the number of bytes, or nil for damaged data.
  func unpack(
    _ packed: any ByteSource, through buffer: ByteBuffer,
    into memory: UnsafeMutableRawBufferPointer
  ) throws -> Int? {
    var filled = 0
    while filled < memory.count, !isAtEnd {
      let input = buffer[0..<min(buffer.byteCount, packed.byteCount - inputOffset)]
      try packed.read(at: inputOffset, into: input)
      // In bounds: `filled` is less than the count, and the rest is cut to it.
      let rest = UnsafeMutableRawBufferPointer(rebasing: memory[filled...])
      guard let count = step(input, into: rest) else { return nil }
      // Output may still be pending when all input was used.
      guard count > 0 || input.byteCount > 0 else { return filled }
      filled += count
    }
    return filled
  }

  /// Unpacks one piece of input; gives the number of bytes, or nil for damaged data.
  private func step(_ input: ByteSlice, into rest: UnsafeMutableRawBufferPointer) -> Int? {
    withExtendedLifetime(input) {
      // In bounds: both pointers come with the counts of their memory, and are taken back before they end.
      stream.pointee.next_in = input.memory.assumingMemoryBound(to: UInt8.self).baseAddress
      stream.pointee.avail_in = UInt32(input.byteCount)
      stream.pointee.next_out = rest.assumingMemoryBound(to: UInt8.self).baseAddress
      let space = UInt32(clamping: rest.count)
      stream.pointee.avail_out = space
      let result = inflate(stream, Z_NO_FLUSH)
      let used = input.byteCount - Int(stream.pointee.avail_in)
      let count = Int(space - stream.pointee.avail_out)
      stream.pointee.next_in = nil
      stream.pointee.next_out = nil
      stream.pointee.avail_in = 0
      stream.pointee.avail_out = 0
      inputOffset += used
      outputOffset += count
      isAtEnd = result == Z_STREAM_END
      guard result == Z_OK || result == Z_BUF_ERROR || isAtEnd else { return nil }
      let isStuck = used == 0 && count == 0 && !isAtEnd && input.byteCount > 0
      return isStuck ? nil : count
    }
  }
}
