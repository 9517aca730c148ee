import Synchronization
import WeftKernels
import WeftTensors

/// What was prepared for the pieces that are being worked on.
///
/// A piece is prepared when its first share is taken, and forgotten after its last, so that only the modules in hand are
/// in memory.
final class PreparationCache: Sendable {
  /// What a piece needs before its values can be computed.
  enum Preparation: Sendable {
    /// The packed factors of a sum.
    case operand(LowRankOperand)
    /// A formula that can be read.
    case matrix(any PreparedMatrix)
    /// What is known of all values of a tensor.
    case scales(GroupScales)
  }

  /// One piece's preparation; making it holds only this piece's other shares up.
  private final class Slot: Sendable {
    let preparation = Mutex<Preparation?>(nil)
    let remaining: Mutex<Int>

    init(shares: Int) { remaining = Mutex(shares) }
  }

  private let slots: Mutex<[Int: Slot]> = Mutex([:])
  private let shareCounts: [Int: Int]

  /// Makes a cache for the shares of a run; `key` tells the pieces apart.
  init(items: [WorkItem], key: (WorkItem) -> Int) {
    shareCounts = items.reduce(into: [:]) { $0[key($1), default: 0] += 1 }
  }

  /// The preparation of a piece, made on the first call.
  func preparation(
    _ key: Int, make: () throws -> Preparation
  ) throws -> Preparation {
    let slot = slots.withLock { slots in
      if let slot = slots[key] { return slot }
      let slot = Slot(shares: shareCounts[key] ?? 1)
      slots[key] = slot
      return slot
    }
    return try slot.preparation.withLock { preparation in
      if let preparation { return preparation }
      let made = try make()
      preparation = made
      return made
    }
  }

  /// Says that a share of a piece is done.
  func finish(_ key: Int) {
    slots.withLock { slots in
      guard let slot = slots[key] else { return }
      let left = slot.remaining.withLock { remaining in
        remaining -= 1
        return remaining
      }
      if left <= 0 { slots[key] = nil }
    }
  }
}
