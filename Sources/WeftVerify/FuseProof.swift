import Synchronization
package import WeftFiles
import WeftFormats
import WeftKernels
package import WeftTensors
package import WeftTransform

/// The proof that a model is what a fuse of given inputs must give.
///
/// What adapters change is computed a second way: products by OpenBLAS in float64, everything else by the scalar kernels.
/// Tensors that adapters do not touch must be the base's, byte for byte.
package struct FuseProof: Sendable {
  /// One question and its answer.
  package struct Check: Sendable {
    /// What was asked.
    package let name: String
    /// Whether the answer is yes.
    package let passes: Bool
    /// The numbers behind it.
    package let detail: String
  }

  /// The largest share of a tensor's elements that may be off by one unit in the last place: ties that float64 sums of
  /// different order round differently are far rarer.
  package static let toleratedShare = 1.0 / 2000

  /// The questions in order.
  package let checks: [Check]
  /// The tensors whose values were compared.
  package let comparisons: [TensorComparison]

  /// Whether every check passes.
  package var passes: Bool { checks.allSatisfy(\.passes) }

  /// The tensor that is furthest off.
  package var worst: TensorComparison? {
    comparisons.max { ($0.numbers.relativeL2, $1.name) < ($1.numbers.relativeL2, $0.name) }
  }

  /// The proof as JSON.
  package var json: JSONValue {
    .object([
      "verdict": .string(passes ? "pass" : "fail"),
      "level": .string("weights"),
      "tensors": .integer(comparisons.count),
      "worst": worst?.json ?? .null,
      "checks": .array(
        checks.map { check in
          .object([
            "name": .string(check.name), "pass": .bool(check.passes),
            "detail": .string(check.detail),
          ])
        }),
    ])
  }
}

extension FuseProof {
  /// Compares a model with what the plan of a fuse must give.
  package static func prove(
    _ candidate: Checkpoint, plan: ModelPlan, tolerance: Double?, threads: Int,
    progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> FuseProof {
    let structure = structureCheck(candidate, plan: plan)
    let pairs = plan.tensors.compactMap { planned in
      candidate[planned.info.name].flatMap { stored in
        stored.info == planned.info ? (planned, stored) : nil
      }
    }
    let results = Mutex<[Int: TensorComparison]>([:])
    let provers = Mutex<[Int: TensorProver]>([:])
    try Parallel.run(threads: threads, count: pairs.count) { worker, index in
      let prover = provers.withLock { provers in
        let prover = provers[worker] ?? TensorProver()
        provers[worker] = prover
        return prover
      }
      let result = try prover.compare(pairs[index].1, with: pairs[index].0, progress: progress)
      results.withLock { $0[index] = result }
    }
    let comparisons = results.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
    return FuseProof(
      checks: [structure] + valueChecks(pairs.map(\.0), comparisons, tolerance: tolerance),
      comparisons: comparisons)
  }

  /// Names, types and shapes.
  private static func structureCheck(_ candidate: Checkpoint, plan: ModelPlan) -> Check {
    let expected = Set(plan.tensors.map(\.info))
    let found = Set(candidate.tensors.map(\.info))
    let missing = expected.subtracting(found).map(\.name).sorted()
    let extra = found.subtracting(expected).map(\.name).sorted()
    let faults =
      (missing.prefix(3).map { "lacks or differs: \($0)" })
      + extra.prefix(3).filter { !missing.contains($0) }.map { "not expected: \($0)" }
    return Check(
      name: "structure", passes: missing.isEmpty && extra.isEmpty,
      detail: faults.isEmpty
        ? "\(expected.count) tensors have the expected names, types and shapes"
        : "\(missing.count + extra.count) tensors differ: " + faults.joined(separator: "; "))
  }

  private static func valueChecks(
    _ planned: [PlannedTensor], _ comparisons: [TensorComparison], tolerance: Double?
  ) -> [Check] {
    let pairs = Array(zip(planned, comparisons))
    return [
      check("unchanged tensors are the base's", pairs.filter { $0.0.action != .changed }) {
        $0.isEqual
      },
      check("changed tensors are the exact fuse", pairs.filter { $0.0.action == .changed }) {
        isFused($0, tolerance: tolerance)
      },
    ]
  }

  private static func isFused(_ comparison: TensorComparison, tolerance: Double?) -> Bool {
    let numbers = comparison.numbers
    guard numbers.nonFiniteMismatches == 0 else { return false }
    if let tolerance { return numbers.relativeL2 <= tolerance }
    return numbers.beyondOneUnit == 0
      && Double(numbers.different) <= Double(comparison.elementCount) * toleratedShare
  }

  private static func check(
    _ name: String, _ pairs: [(PlannedTensor, TensorComparison)],
    passes: (TensorComparison) -> Bool
  ) -> Check {
    let failed = pairs.map(\.1).filter { !passes($0) }
    let exact = pairs.count { $0.1.isEqual }
    let shown = failed.prefix(3).map { comparison in
      "\(comparison.name) (\(comparison.numbers.different) of \(comparison.elementCount) "
        + "elements differ, by up to \(comparison.numbers.maxDifference))"
    }
    return Check(
      name: name, passes: failed.isEmpty,
      detail: failed.isEmpty
        ? "\(pairs.count) tensors, \(exact) of them bit for bit"
        : "\(failed.count) of \(pairs.count) tensors fail: " + shown.joined(separator: "; "))
  }
}
