import Dispatch
import Synchronization

/// Lets threads pass in the order of their numbers, whatever the order in which they arrive.
final class Turnstile: Sendable {
  private struct State {
    var next = 0
    var isClosed = false
    var waiting: [Int: DispatchSemaphore] = [:]
  }

  private let state = Mutex(State())

  /// Waits until every smaller number has passed, then runs `body`; throws when the run has failed elsewhere.
  func take(_ number: Int, body: () throws -> Void) throws {
    if let turn = wait(number) { turn.wait() }
    if state.withLock({ $0.isClosed }) { throw CancellationError() }
    try body()
    state.withLock { state in
      state.next += 1
      state.waiting.removeValue(forKey: state.next)?.signal()
    }
  }

  /// What to wait for; nil when it is the number's turn.
  private func wait(_ number: Int) -> DispatchSemaphore? {
    state.withLock { state in
      if state.isClosed || state.next == number { return nil }
      let turn = DispatchSemaphore(value: 0)
      state.waiting[number] = turn
      return turn
    }
  }

  /// Wakes everybody up for an error.
  func close() {
    state.withLock { state in
      state.isClosed = true
      for turn in state.waiting.values { turn.signal() }
      state.waiting = [:]
    }
  }
}
