package import WeftTensors
import Synchronization

/// Memory for activations that is used again: the first touch of fresh memory is dear.
///
/// The pool never holds more than was in use at the worst moment so far. Any thread may use it.
package final class TensorPool: Sendable {
  private struct State {
    var free: [ByteBuffer] = []
    var freeByteCount = 0
    var usedByteCount = 0
    var peakByteCount = 0
  }

  private let state = Mutex(State())

  /// Makes an empty pool.
  package init() {}

  /// The most memory that tensors held at one time, in bytes.
  package var peakByteCount: Int { state.withLock { $0.peakByteCount } }

  /// The memory that the pool and its tensors hold now, in bytes.
  package var heldByteCount: Int { state.withLock { $0.usedByteCount + $0.freeByteCount } }

  /// A tensor of the given shape whose values are left over from other uses.
  package func tensor(
    _ shape: Shape, _ element: Tensor.Element = .float32, _ order: Tensor.Order = .rowMajor
  ) -> Tensor {
    let byteCount = (shape.checkedElementCount ?? 0) * element.byteCount
    return Tensor(
      shape: shape, element: element, order: order,
      storage: TensorStorage(buffer: take(byteCount), pool: self))
  }

  /// The smallest free buffer that is large enough and not much too large, or a new one.
  private func take(_ byteCount: Int) -> ByteBuffer {
    let found = state.withLock { state in
      let fitting = state.free.indices.filter {
        (byteCount...max(byteCount + byteCount / 8, Self.smallByteCount))
          .contains(state.free[$0].byteCount)
      }
      let best = fitting.min { state.free[$0].byteCount < state.free[$1].byteCount }
      let buffer = best.map { state.free.remove(at: $0) }
      state.freeByteCount -= buffer?.byteCount ?? 0
      state.usedByteCount += buffer?.byteCount ?? max(byteCount, Self.smallByteCount)
      state.peakByteCount = max(state.peakByteCount, state.usedByteCount)
      shrink(&state)
      return buffer
    }
    return found ?? ByteBuffer(byteCount: max(byteCount, Self.smallByteCount), isZeroed: false)
  }

  /// Lets go of free buffers, the oldest first, until no more is held than was ever in use.
  private func shrink(_ state: inout State) {
    while state.usedByteCount + state.freeByteCount > state.peakByteCount, !state.free.isEmpty {
      state.freeByteCount -= state.free.removeFirst().byteCount
    }
  }

  /// Takes back the memory of a tensor that nobody holds any more.
  func giveBack(_ buffer: ByteBuffer) {
    state.withLock { state in
      state.usedByteCount -= buffer.byteCount
      state.freeByteCount += buffer.byteCount
      state.free.append(buffer)
    }
  }

  /// Smaller buffers are not worth a size of their own.
  private static let smallByteCount = 64 << 10
}

/// The memory of one tensor, which goes back to its pool with the last tensor that uses it.
final class TensorStorage: Sendable {
  let buffer: ByteBuffer
  private let pool: TensorPool?

  init(buffer: ByteBuffer, pool: TensorPool?) {
    (self.buffer, self.pool) = (buffer, pool)
  }

  deinit { pool?.giveBack(buffer) }
}
