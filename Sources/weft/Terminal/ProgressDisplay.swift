import Synchronization
import WeftTensors

/// Shows how far a run is: a bar on a terminal, a line now and then elsewhere, or JSON for programs.
final class ProgressDisplay: Sendable {
  /// How progress is shown.
  enum Style: Sendable {
    case none, bar, lines, jsonLines
  }

  /// What is counted.
  enum Unit: Sendable {
    case bytes
    /// Things of which there are few, such as runs of a network.
    case items(String)
    /// Bytes that are written for so many things by a word, each of which ends at some time.
    case bytesOf(Int, String)
  }

  private struct State {
    var done = 0
    /// How many things have ended.
    var endedCount = 0
    var lastShown: ContinuousClock.Instant
    var hasShown = false
  }

  private let style: Style
  private let label: String
  private let total: Int
  private let unit: Unit
  private let start = ContinuousClock.now
  private let state: Mutex<State>

  init(style: Style, label: String, total: Int, unit: Unit = .bytes) {
    self.style = style
    self.label = label
    self.total = total
    self.unit = unit
    state = Mutex(State(lastShown: start))
  }

  /// Adds to what is done; any thread may call it.
  func add(_ count: Int) { add(count, items: 0) }

  /// Adds to what is done, and to the things that have ended; any thread may call it.
  func add(_ count: Int, items: Int) {
    guard style != .none else { return }
    state.withLock { state in
      state.done += count
      state.endedCount += items
      let now = ContinuousClock.now
      guard now - state.lastShown >= interval else { return }
      state.lastShown = now
      state.hasShown = true
      show(state, elapsed: (now - start).inSeconds)
    }
  }

  /// Removes the bar.
  func finish() {
    state.withLock { state in
      if style == .jsonLines {
        show(state, elapsed: (ContinuousClock.now - start).inSeconds)
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

  /// Says a line beside the bar.
  func say(_ line: String) {
    state.withLock { state in
      if style == .bar, state.hasShown { Console.sayPart("\r\u{1B}[K") }
      Console.say(line)
    }
  }

  private func show(_ state: State, elapsed: Double) {
    let done = max(0, state.done)
    let rate = elapsed > 0 ? Double(done) / elapsed : 0
    let left = rate > 0 ? Double(max(0, total - done)) / rate : 0
    switch style {
    case .none: return
    case .bar: Console.sayPart("\r\u{1B}[K" + bar(done) + text(state, rate: rate, left: left))
    case .lines: Console.say("weft: \(label) " + text(state, rate: rate, left: left))
    case .jsonLines:
      Console.say(
        JSONValue.object([
          "event": .string("progress"), "done": .integer(done), "total": .integer(total),
          "bytes_per_second": isBytes ? .number(rate.rounded()) : nil,
          "seconds_left": .number(left),
          "items_done": isCounted ? .integer(state.endedCount) : nil,
        ]).compactText)
    }
  }

  private func bar(_ done: Int) -> String {
    let width = 24
    let filled = total == 0 ? width : min(width, done * width / total)
    let full = String(repeating: "█", count: filled)
    return "\(label) [\(full)\(String(repeating: "·", count: width - filled))] "
  }

  private func text(_ state: State, rate: Double, left: Double) -> String {
    let done = max(0, state.done)
    let left = "\(HumanText.seconds(left)) left"
    switch unit {
    case .bytes:
      return "\(HumanText.bytes(done)) of \(HumanText.bytes(total)), "
        + "\(HumanText.bytes(Int(rate)))/s, \(left)"
    case .bytesOf(let count, let word):
      return "\(state.endedCount) of \(HumanText.count(count, word)), \(HumanText.bytes(done)) of "
        + "\(HumanText.bytes(total)), \(left)"
    case .items(let word): return "\(done) of \(HumanText.count(total, word)), \(left)"
    }
  }

  private var isBytes: Bool {
    switch unit {
    case .bytes, .bytesOf: true
    case .items: false
    }
  }

  private var isCounted: Bool {
    if case .bytesOf = unit { true } else { false }
  }
}

extension Duration {
  /// The duration in seconds.
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
