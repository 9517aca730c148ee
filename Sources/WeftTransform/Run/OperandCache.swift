import Synchronization
import WeftKernels
import WeftTensors

/// The prepared factors of the pieces that are being worked on.
///
/// A piece's factors are made when its first share is taken, and dropped after its last, so that only the modules in
/// hand are in memory.
final class OperandCache: Sendable {
  /// One piece's factors; making them holds only this piece's other shares up.
  private final class Slot: Sendable {
    let operand = Mutex<LowRankOperand?>(nil)
    let remaining: Mutex<Int>

    init(shares: Int) { remaining = Mutex(shares) }
  }

  private let slots: Mutex<[Int: Slot]> = Mutex([:])
  private let shareCounts: [Int: Int]

  /// Makes a cache for the shares of a run; `key` tells the pieces apart.
  init(items: [WorkItem], key: (WorkItem) -> Int) {
    shareCounts = items.reduce(into: [:]) { $0[key($1), default: 0] += 1 }
  }

  /// The factors of a piece, made on the first call.
  func operand(
    _ key: Int, make: () throws -> LowRankOperand
  ) throws -> LowRankOperand {
    let slot = slots.withLock { slots in
      if let slot = slots[key] { return slot }
      let slot = Slot(shares: shareCounts[key] ?? 1)
      slots[key] = slot
      return slot
    }
    return try slot.operand.withLock { operand in
      if let operand { return operand }
      let made = try make()
      operand = made
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
