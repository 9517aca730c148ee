import WeftFiles
import WeftFormats
import WeftTensors

/// What becomes of every tensor of an adapter.
package struct AdapterPlan: Sendable {
  /// A tensor that is not applied, and why.
  package struct Omission: Sendable, Equatable {
    /// The tensor's name.
    package let name: String
    /// Why it is not applied.
    package let reason: String
  }

  /// What the user asked for.
  package let request: AdapterRequest
  /// The families of its modules; "resadapter" for one of the two halves or both.
  package let family: String
  /// The number of tensors in its files.
  package let tensorCount: Int
  /// The tensors that are applied, by name.
  package let applied: [String]
  /// The tensors that are left out on purpose.
  package let ignored: [Omission]
  /// The tensors that fit nothing in the model.
  package let unmatched: [Omission]
  /// The rules that its changes follow, with the numbers, for people.
  package let rules: [String]
}

/// Takes down what becomes of each tensor of an adapter.
struct AdapterLedger {
  private(set) var applied: [String] = []
  private(set) var ignored: [AdapterPlan.Omission] = []
  private(set) var unmatched: [AdapterPlan.Omission] = []
  private(set) var ruleCounts: [String: Int] = [:]

  mutating func apply(_ names: some Sequence<String>) { applied += names }

  mutating func ignore(_ names: some Sequence<String>, reason: String) {
    ignored += names.map { AdapterPlan.Omission(name: $0, reason: reason) }
  }

  /// Takes down the tensors that belong to no module.
  mutating func record(_ leftovers: [AdapterLeftover], of checkpoint: Checkpoint) {
    for leftover in leftovers {
      let names = [checkpoint.tensors[leftover.index].info.name]
      if leftover.isHarmless {
        ignore(names, reason: leftover.reason)
      } else {
        leaveUnmatched(names, reason: leftover.reason)
      }
    }
  }

  mutating func leaveUnmatched(_ names: some Sequence<String>, reason: String) {
    unmatched += names.map { AdapterPlan.Omission(name: $0, reason: reason) }
  }

  /// Counts a rule, so that "6 × scale 0.5" stands in the plan instead of six lines.
  mutating func count(_ rule: String) { ruleCounts[rule, default: 0] += 1 }

  var rules: [String] {
    ruleCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($1) × \($0)" }
  }
}
