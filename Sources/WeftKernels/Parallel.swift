import Dispatch
import Synchronization

/// Loops that several threads work on together.
package enum Parallel {
  /// Calls `body(worker, item)` for every item of 0 ..< count, on up to `threads` threads.
  ///
  /// Workers, numbered from 0, take the next item when they are free. The first error stops the
  /// others after their current item and is thrown. One thread, or one item, runs on the caller's
  /// thread in order.
  package static func run(
    threads: Int, count: Int, on team: Team = .dispatch,
    _ body: @Sendable (_ worker: Int, _ item: Int) throws -> Void
  ) throws {
    precondition(threads > 0 && count >= 0)
    let workers = min(threads, count)
    guard workers > 1 else {
      for item in 0..<count { try body(0, item) }
      return
    }
    let state = State()
    team.perform(workers) { worker in
      while let item = state.next(below: count) {
        do { try body(worker, item) } catch { state.stop(error) }
      }
    }
    if let error = state.error.withLock({ $0 }) { throw error }
  }

  /// Whose threads work.
  package enum Team: Sendable {
    /// The system's.
    case dispatch
    /// Those that oneDNN computes with, which is loaded: two teams would take the cores from each other.
    case oneDNN

    /// Calls `body` with each worker's number at the same time.
    fileprivate func perform(_ workers: Int, _ body: @Sendable (Int) -> Void) {
      switch self {
      case .dispatch: DispatchQueue.concurrentPerform(iterations: workers, execute: body)
      case .oneDNN: OneDNN.perform(workers, body)
      }
    }
  }

  /// The next item to take, and the first error.
  private final class State: Sendable {
    let error = Mutex<(any Error)?>(nil)
    private let index = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)

    func next(below count: Int) -> Int? {
      guard !isStopped.load(ordering: .acquiring) else { return nil }
      let item = index.wrappingAdd(1, ordering: .relaxed).oldValue
      return item < count ? item : nil
    }

    func stop(_ failure: any Error) {
      error.withLock { if $0 == nil { $0 = failure } }
      isStopped.store(true, ordering: .releasing)
    }
  }
}
