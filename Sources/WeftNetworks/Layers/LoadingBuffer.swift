import Synchronization
import WeftTensors

/// Memory through which weights go to a backend that copies them: the first touch of fresh memory is dear.
final class LoadingBuffer: Sendable {
  private let buffer = Mutex<ByteBuffer?>(nil)

  /// Memory of so many bytes or more, which the last caller no longer uses.
  func room(byteCount: Int) -> ByteBuffer {
    buffer.withLock { buffer in
      if let buffer, buffer.byteCount >= byteCount { return buffer }
      buffer = nil
      let made = ByteBuffer(byteCount: byteCount, isZeroed: false)
      buffer = made
      return made
    }
  }
}
