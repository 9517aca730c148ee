import WeftKernels
import WeftTransform

extension TensorComparison {
  /// The name and the numbers of a tensor that is off.
  fileprivate var words: String {
    if overflowed > 0 { return "\(name) (\(overflowed) finite values became infinite)" }
    let odd = numbers.nonFiniteMismatches
    return "\(name) (\(numbers.different) of \(elementCount) elements differ, by up to "
      + "\(numbers.maxDifference), relative L2 \(HTMLText.short(numbers.relativeL2))"
      + (odd > 0 ? ", \(odd) not finite in one of the two" : "") + ")"
  }
}

extension Proof.Check {
  /// The most failing tensors that a check names.
  private static let namedLimit = 3

  /// A check of tensors' values; `advice` is for the case that it fails.
  static func values(
    _ name: String, _ pairs: [(PlannedTensor, TensorComparison)], advice: String? = nil,
    passes: (TensorComparison) -> Bool
  ) -> Proof.Check {
    let failed = pairs.map(\.1).filter { !passes($0) }
    let exact = pairs.count { $0.1.isEqual }
    let shown = failed.prefix(namedLimit).map(\.words)
    return Proof.Check(
      name: name, passes: failed.isEmpty,
      detail: failed.isEmpty
        ? "\(pairs.count) tensors, \(exact) of them bit for bit"
        : "\(failed.count) of \(pairs.count) tensors fail: " + shown.joined(separator: "; ")
          + (advice.map { "; \($0)" } ?? ""))
  }
}
