import WeftTensors

/// A part of a packed file that is unpacked alone: where it is, in the file and in what the file unpacks to.
struct Frame: Sendable {
  let offsetInFile: Int
  let compressedByteCount: Int
  let offset: Int
  let byteCount: Int
  /// The XXH64 of what it unpacks to, or the low half where the container has no more; nil where it has none.
  let checksum: UInt64?

  /// The bytes of the frame in what the file unpacks to.
  var range: Range<Int> { offset..<offset + byteCount }
}

/// Unpacks frames, with memory that is used again; one thread at a time uses it.
protocol FrameUnpacker: Sendable {
  /// Makes one that has no memory yet.
  init()
  /// Unpacks a frame of a file, the same file every time, into a slice of the frame's size.
  ///
  /// - Throws: the container's own error when the frame is damaged.
  func unpack(_ frame: Frame, number: Int, of file: InputFile, into target: ByteSlice) throws
}
