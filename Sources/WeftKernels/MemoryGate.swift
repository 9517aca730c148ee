import Dispatch

/// A budget of memory that several threads share: each takes what it needs for a while, and waits when it is not there.
package final class MemoryGate: Sendable {
  private static let unitByteCount = 1 << 20
  private let unitCount: Int
  private let units: DispatchSemaphore
  /// Only one thread at a time collects units, so that two cannot wait for each other's half.
  private let turn = DispatchSemaphore(value: 1)

  /// Makes a budget, in bytes.
  package init(byteCount: Int) {
    unitCount = max(1, byteCount / Self.unitByteCount)
    // A semaphore may not end below its first value, so it starts at zero.
    units = DispatchSemaphore(value: 0)
    for _ in 0..<unitCount { units.signal() }
  }

  /// Runs `body` while so many bytes are taken; more than the whole budget runs alone.
  package func withMemory<Result>(
    byteCount: Int, _ body: () throws -> Result
  ) rethrows -> Result {
    let wanted = min(unitCount, max(1, byteCount / Self.unitByteCount))
    turn.wait()
    for _ in 0..<wanted { units.wait() }
    turn.signal()
    defer { for _ in 0..<wanted { units.signal() } }
    return try body()
  }
}
