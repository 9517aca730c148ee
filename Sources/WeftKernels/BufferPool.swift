import Synchronization
package import WeftTensors

/// Buffers for the time of a call, used again by later calls of any thread.
package final class BufferPool: Sendable {
  private let free = Mutex<[ByteBuffer]>([])

  /// Makes a pool without buffers.
  package init() {}

  /// Lends a buffer; what it holds at first is left over from other uses.
  package func withBuffer<Result>(
    byteCount: Int, _ body: (ByteSlice) throws -> Result
  ) rethrows -> Result {
    let spare = free.withLock { $0.popLast() }
    let fits = spare.map { $0.byteCount >= byteCount } ?? false
    let buffer =
      if fits, let spare { spare } else { ByteBuffer(byteCount: byteCount, isZeroed: false) }
    defer { free.withLock { $0.append(buffer) } }
    return try body(buffer[0..<byteCount])
  }
}
