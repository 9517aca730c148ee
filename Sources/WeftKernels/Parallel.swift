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
    threads: Int, count: Int, _ body: @Sendable (_ worker: Int, _ item: Int) throws -> Void
  ) throws {
    precondition(threads > 0 && count >= 0)
    let workers = min(threads, count)
    guard workers > 1 else {
      for item in 0..<count { try body(0, item) }
      return
    }
    let state = State()
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      while let item = state.next(below: count) {
        do { try body(worker, item) } catch { state.stop(error) }
      }
    }
    if let error = state.error.withLock({ $0 }) { throw error }
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
