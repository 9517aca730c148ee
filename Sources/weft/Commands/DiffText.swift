import WeftKernels
import WeftTensors
import WeftVerify

/// A difference as people read it.
enum DiffText {
  /// The most tensors of one kind that are listed.
  private static let listLimit = 20

  static func text(_ difference: ModelDifference) -> String {
    if difference.isEqual {
      return "equal: \(HumanText.count(difference.equalCount, "tensor"))"
        + metadataNote(difference)
    }
    var lines = [
      "\(difference.changed.count) changed, \(difference.equalCount) equal, "
        + "\(difference.onlyInFirst.count) only in the first, "
        + "\(difference.onlyInSecond.count) only in the second" + metadataNote(difference)
    ]
    lines += listed(difference.onlyInFirst.map { "- \($0)" })
    lines += listed(difference.onlyInSecond.map { "+ \($0)" })
    lines += listed(difference.mismatches.map { "! \($0.name): \($0.first) | \($0.second)" })
    lines += listed(difference.retyped.map { "! \($0.name): \($0.first) | \($0.second)" })
    lines += listed(difference.changed.map(changedLine))
    return lines.map(printable).joined(separator: "\n")
  }

  private static func changedLine(_ comparison: TensorComparison) -> String {
    let numbers = comparison.numbers
    if numbers.different == 0 { return "~ \(comparison.name): equal values in other bytes" }
    return "~ \(comparison.name): relative L2 \(HumanText.scientific(numbers.relativeL2)), "
      + "max \(HumanText.scientific(numbers.maxDifference)), "
      + "\(numbers.different) of \(comparison.elementCount) elements"
  }

  private static func metadataNote(_ difference: ModelDifference) -> String {
    difference.metadataKeys.isEmpty
      ? "" : "; metadata differs in \(difference.metadataKeys.joined(separator: ", "))"
  }

  private static func listed(_ lines: [String]) -> [String] {
    lines.count <= listLimit
      ? lines : lines.prefix(listLimit) + ["  and \(lines.count - listLimit) more (--json)"]
  }
}
