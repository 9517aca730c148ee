/// What the steps before saw, the last one first; it is forgotten when a step does not follow the one before.
struct StepHistory: Sendable {
  private let limit: Int
  private var last: Int?
  private(set) var values: [[Float]] = []

  /// Remembers so many steps.
  init(limit: Int) { self.limit = limit }

  /// Begins a step.
  mutating func begin(_ step: Int) {
    if last.map({ $0 + 1 }) != step { values = [] }
    last = step
  }

  /// Remembers what a step saw.
  mutating func remember(_ value: [Float]) {
    values.insert(value, at: 0)
    if values.count > limit { values.removeLast() }
  }
}
