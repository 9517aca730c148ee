package import WeftFiles
import WeftKernels
import WeftTensors

extension Checkpoint.Tensor {
  /// The same tensor with its stored bytes in memory, those from which its values are decoded, too.
  ///
  /// - Throws: when its file cannot be read.
  package func inMemory() throws -> Checkpoint.Tensor {
    if let source = source as? DecodedSource {
      return Checkpoint.Tensor(info: info, source: try source.inMemory(), offset: offset)
    }
    let bytes = ByteBuffer(byteCount: info.byteCount, isZeroed: false)
    try read(at: 0, into: bytes.all)
    return Checkpoint.Tensor(info: info, source: BufferSource(bytes, path: source.path), offset: 0)
  }

  /// Calls `body` with stored bytes: where they are in memory, or read into a buffer.
  func withBytes<Result>(
    at offset: Int, byteCount: Int, buffers: BufferPool, _ body: (ByteSlice) throws -> Result
  ) throws -> Result {
    precondition(offset >= 0 && offset + byteCount <= info.byteCount)
    let start = self.offset + offset
    if let held = source.held(start..<start + byteCount) { return try body(held) }
    return try buffers.withBuffer(byteCount: byteCount) { bytes in
      try read(at: offset, into: bytes)
      return try body(bytes)
    }
  }

  /// The bytes that the tensor takes where it is stored, with all that its values are decoded from.
  package var storedByteCount: Int {
    stored?.parts.filter { !$0.isCompanion }.reduce(0) { $0 + $1.tensor.info.byteCount }
      ?? info.byteCount
  }
}
