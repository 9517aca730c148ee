import Synchronization
import WeftTensors

/// How often the operations of networks were computed, and how long that took.
package final class OperationProfile: Sendable {
  /// What is known of one operation.
  package struct Entry: Sendable {
    /// How often it was computed.
    package var count = 0
    /// The time that it took.
    package var duration = Duration.zero
    /// The multiplications and additions of its products.
    package var operationCount = 0.0
  }

  private let known = Mutex<[String: Entry]>([:])

  /// Starts with nothing.
  package init() {}

  /// All operations, those that took longest first.
  package var entries: [(name: String, entry: Entry)] {
    known.withLock { $0.map { (name: $0.key, entry: $0.value) } }
      .sorted { ($1.entry.duration, $0.name) < ($0.entry.duration, $1.name) }
  }

  /// Forgets everything.
  package func reset() { known.withLock { $0 = [:] } }

  /// Computes something and adds the time that it takes.
  func measure<Result>(
    _ name: String, operationCount: Double = 0, _ body: () throws -> Result
  ) rethrows -> Result {
    let start = ContinuousClock.now
    let result = try body()
    add(name, since: start, operationCount: operationCount)
    return result
  }

  /// Adds the time since `start`.
  func add(
    _ name: String, since start: ContinuousClock.Instant, operationCount: Double = 0
  ) {
    let duration = ContinuousClock.now - start
    known.withLock { known in
      known[name, default: Entry()].count += 1
      known[name, default: Entry()].duration += duration
      known[name, default: Entry()].operationCount += operationCount
    }
  }
}
