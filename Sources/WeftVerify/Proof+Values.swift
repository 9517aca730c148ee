import WeftKernels
import WeftTransform

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
    let shown = failed.prefix(namedLimit).map { comparison in
      "\(comparison.name) (\(comparison.numbers.different) of \(comparison.elementCount) "
        + "elements differ, by up to \(comparison.numbers.maxDifference), "
        + "relative L2 \(HTMLText.short(comparison.numbers.relativeL2)))"
    }
    return Proof.Check(
      name: name, passes: failed.isEmpty,
      detail: failed.isEmpty
        ? "\(pairs.count) tensors, \(exact) of them bit for bit"
        : "\(failed.count) of \(pairs.count) tensors fail: " + shown.joined(separator: "; ")
          + (advice.map { "; \($0)" } ?? ""))
  }
}
