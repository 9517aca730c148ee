package import WeftFiles
import WeftKernels
import WeftTensors
package import WeftTransform

/// The proof that a model is what a fuse of given inputs must give.
///
/// What adapters change is computed a second way: products by OpenBLAS in float64, everything else by the scalar kernels.
/// Tensors that adapters do not touch must be the base's, byte for byte. Tensors that are encoded, in blocks or with
/// scales, are encoded from the second computation; as many of their elements may be off as of others, or those of one
/// block, and by no more than a step of the encoding: twice the greatest error that it makes in the tensor. No finite value may have
/// become infinite.
package enum FuseProof {
  /// The largest share of a tensor's elements that may be off by one unit in the last place: ties that float64 sums of
  /// different order round differently are far rarer.
  package static let toleratedShare = 1.0 / 2000
  /// How much more than the greatest step of an encoding values may be apart: what computing it rounds.
  private static let stepMargin = 1 + 0x1p-20

  /// Compares a model with what the plan of a fuse must give.
  package static func prove(
    _ candidate: Checkpoint, plan: ModelPlan, tolerance: Double?, threads: Int,
    progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> Proof {
    let structure = structureCheck(candidate, plan: plan)
    let pairs = plan.tensors.compactMap { planned in
      candidate[planned.info.name].flatMap { stored in
        stored.info == planned.info ? (planned, stored) : nil
      }
    }
    let comparisons = try TensorProver.compare(pairs, threads: threads, progress: progress)
    for checkpoint in plan.checkpoints + [candidate] { try checkpoint.checkIntegrity() }
    return Proof(
      level: .weights,
      checks: [structure] + valueChecks(pairs.map(\.0), comparisons, tolerance: tolerance),
      tensorCount: comparisons.count, comparisons: comparisons)
  }

  /// Compares a model's names, types and shapes with what the plan of a fuse must give; no values are read.
  package static func structure(of candidate: Checkpoint, plan: ModelPlan) -> Proof {
    Proof(
      level: .structure, checks: [structureCheck(candidate, plan: plan)],
      tensorCount: plan.tensors.count, comparisons: [])
  }

  /// Names, types and shapes.
  static func structureCheck(_ candidate: Checkpoint, plan: ModelPlan) -> Proof.Check {
    let expected = Set(plan.tensors.map(\.info))
    let found = Set(candidate.tensors.map(\.info))
    let missing = expected.subtracting(found).map(\.name).sorted()
    let extra = found.subtracting(expected).map(\.name).sorted()
    let faults =
      (missing.prefix(3).map { "lacks or differs: \($0)" })
      + extra.prefix(3).filter { !missing.contains($0) }.map { "not expected: \($0)" }
    return Proof.Check(
      name: "structure", passes: missing.isEmpty && extra.isEmpty,
      detail: faults.isEmpty
        ? "\(expected.count) tensors have the expected names, types and shapes"
        : "\(missing.count + extra.count) tensors differ: " + faults.joined(separator: "; "))
  }

  private static func valueChecks(
    _ planned: [PlannedTensor], _ comparisons: [TensorComparison], tolerance: Double?
  ) -> [Proof.Check] {
    let pairs = Array(zip(planned, comparisons))
    let isEncoded = planned.contains { $0.action != .changed && $0.encoding != nil }
    return [
      Proof.Check.values(
        "unchanged tensors are the base's" + (isEncoded ? ", quantised in the same way" : ""),
        pairs.filter { $0.0.action != .changed }
      ) {
        $0.isEqual && $0.overflowed == 0
      },
      Proof.Check.values(
        "changed tensors are what they must be", pairs.filter { $0.0.action == .changed }
      ) {
        isFused($0, tolerance: tolerance)
      },
    ]
  }

  private static func isFused(_ comparison: TensorComparison, tolerance: Double?) -> Bool {
    let numbers = comparison.numbers
    guard numbers.nonFiniteMismatches == 0, comparison.overflowed == 0 else { return false }
    if let tolerance { return numbers.relativeL2 <= tolerance }
    let tolerated = Double(comparison.elementCount) * toleratedShare
    guard let encoding = comparison.encoding else {
      return numbers.beyondOneUnit == 0 && Double(numbers.different) <= tolerated
    }
    // A scale that falls on the other side of a tie moves all elements that share it.
    return numbers.maxDifference <= encoding.greatestStep * stepMargin
      && Double(numbers.different) <= max(Double(encoding.unitElementCount), tolerated)
  }
}
