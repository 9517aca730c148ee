import Synchronization
import WeftTensors

/// The memory in which stored weights become those of a layer: one for all layers of a backend, which use it in turn.
final class WeightRoom: Sendable {
  private struct State {
    var valuesByteCount = 0
    var packedByteCount = 0
    var values: ByteBuffer?
    var packed: ByteBuffer?
    /// The layer whose weights are there.
    weak var holder: FastWeight?
  }

  private let state = Mutex(State())
  private let width: Int
  /// Buffers of the threads.
  let scratch = BufferPool()

  /// Makes an empty room for values of so many bytes.
  init(elementByteCount: Int) { width = elementByteCount }

  /// The memory that it takes once the largest layer was used, in bytes.
  var byteCount: Int { state.withLock { $0.valuesByteCount + $0.packedByteCount } }

  /// Makes sure that a layer's weights will fit: once, for the largest, so that memory is touched once.
  func reserve(elementCount: Int, packedByteCount: Int) {
    state.withLock { state in
      state.valuesByteCount = max(state.valuesByteCount, elementCount * width)
      state.packedByteCount = max(state.packedByteCount, packedByteCount)
    }
  }

  /// Calls `body` while a layer has its weights; `fill` puts them there unless they are there from its last use.
  func lent<Result: Sendable>(
    to layer: FastWeight, fill: (_ values: ByteBuffer, _ packed: ByteBuffer) throws -> Void,
    _ body: () -> Result
  ) throws -> Result {
    try state.withLock { state in
      if state.holder !== layer {
        state.holder?.empty()
        state.holder = nil
        state.packedByteCount = max(state.packedByteCount, layer.packedByteCount)
        let values = Self.buffer(&state.values, state.valuesByteCount)
        let packed = Self.buffer(&state.packed, state.packedByteCount)
        try fill(values, packed)
        state.holder = layer
      }
      return body()
    }
  }

  private static func buffer(_ buffer: inout ByteBuffer?, _ byteCount: Int) -> ByteBuffer {
    if let buffer, buffer.byteCount >= byteCount { return buffer }
    buffer = nil
    let made = ByteBuffer(byteCount: byteCount, isZeroed: false)
    buffer = made
    return made
  }
}
