import Synchronization

/// Tells a display of what is loaded, while there is one.
final class LoadMeter: Sendable {
  private let display = Mutex<ProgressDisplay?>(nil)

  /// Adds to what is done.
  @Sendable func add(_ byteCount: Int) { display.withLock { $0 }?.add(byteCount) }

  /// Shows what is loaded from now on, in the place of what was shown before.
  func begin(_ next: ProgressDisplay?) {
    let last = display.withLock { display in
      let last = display
      display = next
      return last
    }
    last?.finish()
  }

  /// Shows the progress of a call.
  func shown<Result>(_ display: ProgressDisplay, _ body: () throws -> Result) rethrows -> Result {
    begin(display)
    defer { begin(nil) }
    return try body()
  }
}
