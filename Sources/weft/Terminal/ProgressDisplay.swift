import Synchronization
import WeftTensors

/// Shows how far a run is: a bar on a terminal, a line now and then elsewhere, or JSON for programs.
final class ProgressDisplay: Sendable {
  /// How progress is shown.
  enum Style: Sendable {
    case none, bar, lines, jsonLines
  }

  private struct State {
    var doneByteCount = 0
    var lastShown: ContinuousClock.Instant
    var hasShown = false
  }

  private let style: Style
  private let label: String
  private let totalByteCount: Int
  private let start = ContinuousClock.now
  private let state: Mutex<State>

  init(style: Style, label: String, totalByteCount: Int) {
    self.style = style
    self.label = label
    self.totalByteCount = totalByteCount
    state = Mutex(State(lastShown: start))
  }

  /// Adds to what is done; any thread may call it.
  func add(_ byteCount: Int) {
    guard style != .none else { return }
    state.withLock { state in
      state.doneByteCount += byteCount
      let now = ContinuousClock.now
      guard now - state.lastShown >= interval else { return }
      state.lastShown = now
      state.hasShown = true
      show(state.doneByteCount, elapsed: (now - start).inSeconds)
    }
  }

  /// Removes the bar.
  func finish() {
    state.withLock { state in
      if style == .jsonLines {
        show(state.doneByteCount, elapsed: (ContinuousClock.now - start).inSeconds)
      }
      if style == .bar, state.hasShown { Console.sayPart("\r\u{1B}[K") }
    }
  }

  private var interval: Duration {
    switch style {
    case .lines: .seconds(10)
    case .jsonLines: .milliseconds(500)
    default: .milliseconds(100)
    }
  }

  private func show(_ done: Int, elapsed: Double) {
    let rate = elapsed > 0 ? Double(done) / elapsed : 0
    let left = rate > 0 ? Double(totalByteCount - done) / rate : 0
    switch style {
    case .none: return
    case .bar: Console.sayPart("\r\u{1B}[K" + bar(done) + text(done, rate: rate, left: left))
    case .lines: Console.say("weft: \(label) " + text(done, rate: rate, left: left))
    case .jsonLines:
      Console.say(
        JSONValue.object([
          "event": .string("progress"), "done": .integer(done), "total": .integer(totalByteCount),
          "bytes_per_second": .number(rate.rounded()), "seconds_left": .number(left),
        ]).compactText)
    }
  }

  private func bar(_ done: Int) -> String {
    let width = 24
    let filled = totalByteCount == 0 ? width : min(width, done * width / totalByteCount)
    let full = String(repeating: "█", count: filled)
    return "\(label) [\(full)\(String(repeating: "·", count: width - filled))] "
  }

  private func text(_ done: Int, rate: Double, left: Double) -> String {
    "\(HumanText.bytes(done)) of \(HumanText.bytes(totalByteCount)), "
      + "\(HumanText.bytes(Int(rate)))/s, \(HumanText.seconds(left)) left"
  }
}

extension Duration {
  /// The duration in seconds.
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
