import WeftFiles
package import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

/// The proof that a model has the weights of another, whatever the containers, layouts and types of both.
///
/// The reference is planned in the candidate's layout, with each tensor in the candidate's type; every value must then
/// be the reference's after that one rounding, unless a tolerance is given.
package enum ReferenceProof {
  /// Compares a model with a reference.
  ///
  /// - Parameters:
  ///   - path: the candidate.
  ///   - reference: the model that it should be.
  ///   - level: how closely to look.
  ///   - tolerance: the largest relative L2 error of a tensor; nil for exact values.
  ///   - library: what is known of models.
  ///   - threads: the number of threads.
  ///   - progress: is told how many more bytes were compared, from any thread.
  /// - Returns: the checks and the numbers.
  /// - Throws: when a model cannot be read, or the two are of different architectures.
  package static func prove(
    _ path: String, reference: String, level: Proof.Level, tolerance: Double?,
    library: FormatLibrary, threads: Int, progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> Proof {
    let candidate = try BaseModel.openAnything(path, library: library)
    let plan = try plan(of: reference, as: candidate, library: library, threads: threads)
    let expected = plan.tensors.filter { isWeight($0, in: plan) }
    let pairs = expected.compactMap { planned in
      candidate.checkpoint[planned.info.name].flatMap { stored in
        stored.info.shape == planned.info.shape ? (planned, stored) : nil
      }
    }
    let checks = StructureCheck(candidate: candidate, expected: expected).checks
    guard level == .weights else {
      return Proof(
        level: level, checks: checks, tensorCount: expected.count, comparisons: [])
    }
    let comparable = pairs.filter { $0.0.info.dtype == $0.1.info.dtype }
    let comparisons = try TensorProver.compare(comparable, threads: threads, progress: progress)
    for checkpoint in plan.checkpoints + [candidate.checkpoint] {
      try checkpoint.checkIntegrity()
    }
    let values = Proof.Check.values(
      "values are the reference's", Array(zip(comparable.map(\.0), comparisons))
    ) { passes($0, tolerance: tolerance) }
    return Proof(
      level: level, checks: checks + [values], tensorCount: comparisons.count,
      comparisons: comparisons)
  }

  private static func passes(_ comparison: TensorComparison, tolerance: Double?) -> Bool {
    guard let tolerance, comparison.numbers.nonFiniteMismatches == 0 else {
      return comparison.isEqual
    }
    return comparison.numbers.relativeL2 <= tolerance
  }

  /// The reference as it must be in the candidate's layout and types.
  private static func plan(
    of reference: String, as candidate: BaseModel, library: FormatLibrary, threads: Int
  ) throws -> ModelPlan {
    var recipe = ConvertRecipe(inputPath: reference)
    if candidate.recognition.architecture != nil {
      recipe.output.layout = candidate.recognition.layout
    }
    if candidate.checkpoint.format == .diffusers { recipe.output.format = .diffusers }
    recipe.output.types = Dictionary(
      candidate.checkpoint.tensors.map { ($0.info.name, $0.info.dtype) },
      uniquingKeysWith: { first, _ in first })
    let plan = try ConvertPlanner.plan(recipe, library: library, threads: threads)
    guard plan.base.recognition.architecture?.id == candidate.recognition.architecture?.id else {
      throw VerifyError(
        what: "the candidate is \(candidate.architectureID), but the reference is "
          + plan.base.architectureID,
        place: candidate.checkpoint.path, advice: "compare models of one architecture")
    }
    return plan
  }

  /// Whether a planned tensor is a weight of the model; of unknown files every tensor is.
  private static func isWeight(_ tensor: PlannedTensor, in plan: ModelPlan) -> Bool {
    guard plan.base.recognition.architecture != nil else { return true }
    return tensor.isWeight
  }
}

/// Whether a model has the tensors that it should have.
private struct StructureCheck {
  let candidate: BaseModel
  let expected: [PlannedTensor]

  private static let namedLimit = 3

  var checks: [Proof.Check] {
    let missing = expected.map(\.info).filter { candidate.checkpoint[$0.name] == nil }
    let odd = expected.map(\.info).filter { info in
      guard let found = candidate.checkpoint[info.name]?.info else { return false }
      return found.shape != info.shape || found.dtype != info.dtype
    }
    return [
      check("no tensor is missing", missing.map(\.name)),
      check("no tensor is unexpected", unexpected),
      check(
        "shapes and types can be compared",
        odd.map { "\($0.name) should be \($0.dtype.rawValue) \($0.shape)" }),
    ]
  }

  private var unexpected: [String] {
    let names = Set(expected.map(\.info.name))
    return zip(candidate.checkpoint.tensors, candidate.recognition.bindings).filter {
      tensor, binding in
      guard !names.contains(tensor.info.name) else { return false }
      if candidate.recognition.architecture == nil { return true }
      if case .auxiliary = binding { return false }
      return true
    }.map(\.0.info.name)
  }

  private func check(_ name: String, _ faults: [String]) -> Proof.Check {
    Proof.Check(
      name: name, passes: faults.isEmpty,
      detail: faults.isEmpty
        ? "\(expected.count) tensors"
        : "\(faults.count): " + faults.prefix(Self.namedLimit).joined(separator: ", "))
  }
}
