import Synchronization
import WeftTensors

/// The unpacked frames that were used last.
///
/// The cache's lock is held for a look only. A frame has a lock of its own, so that threads which want the same one
/// wait for the first of them instead of unpacking it again.
final class FrameCache: Sendable {
  /// A frame that is, or is about to be, unpacked.
  final class Slot: Sendable {
    fileprivate let frame: Int
    /// The bytes; nil until the first user has unpacked them.
    let content = Mutex<ByteBuffer?>(nil)

    fileprivate init(frame: Int) { self.frame = frame }
  }

  private let capacity: Int
  /// The slots, the one that was used last at the end.
  private let slots = Mutex<[Slot]>([])

  /// Makes a cache of so many frames.
  init(capacity: Int) { self.capacity = max(1, capacity) }

  /// The slot of a frame, which takes the place of the least used one when it is new.
  func slot(of frame: Int) -> Slot {
    slots.withLock { slots in
      let slot: Slot
      if let index = slots.lastIndex(where: { $0.frame == frame }) {
        slot = slots.remove(at: index)
      } else {
        slot = Slot(frame: frame)
        if slots.count == capacity { slots.removeFirst() }
      }
      slots.append(slot)
      return slot
    }
  }

  /// The slot of a frame that is there already.
  func existingSlot(of frame: Int) -> Slot? {
    slots.withLock { slots in slots.last { $0.frame == frame } }
  }
}
