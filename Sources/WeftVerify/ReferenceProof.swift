import WeftFiles
package import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

/// The proof that a model has the weights of another, whatever the containers, layouts and types of both.
///
/// The reference is planned in the candidate's layout, with each tensor in the candidate's type; every value must then
/// be the reference's after that one rounding, unless a tolerance is given. Tensors that are quantised are compared by
/// their values with a tolerance; without one the candidate's own recipe must say how it was quantised, and the reference
/// quantised so must give the same bytes. Where networks are run as well, tensors that are quantised may be as far off as
/// their types take Gaussian values apart, with a margin.
package enum ReferenceProof {
  /// Compares a model with a reference.
  ///
  /// - Parameters:
  ///   - path: the candidate.
  ///   - reference: the model that it should be.
  ///   - level: how closely to look.
  ///   - tolerance: the largest relative L2 error of a tensor; nil for exact values.
  ///   - importancePath: the importance matrix that the candidate was quantised with; nil for none.
  ///   - library: what is known of models.
  ///   - threads: the number of threads.
  ///   - progress: is told how many more bytes were compared, from any thread.
  /// - Returns: the checks and the numbers.
  /// - Throws: when a model cannot be read, or the two are of different architectures.
  package static func prove(
    _ path: String, reference: String, level: Proof.Level, tolerance: Double?,
    importancePath: String? = nil, library: FormatLibrary, threads: Int,
    progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> Proof {
    let candidate = try BaseModel.openAnything(path, library: library)
    if tolerance == nil, !level.runsNetworks,
      let quantization = try candidate.checkpoint.provenQuantization(
        importancePath, library: library),
      let written = candidate.checkpoint.recipeOutput(library)
    {
      return try QuantizedProof(
        candidate: candidate, written: written, quantization: quantization, library: library,
        threads: threads
      ).prove(reference: reference, level: level, progress: progress)
    }
    let plan = try plan(of: reference, as: candidate, library: library, threads: threads)
    let expected = plan.tensors.filter { isWeight($0, in: plan) }
    let pairs = expected.compactMap { planned in
      candidate.checkpoint[planned.info.name].flatMap { stored in
        stored.info.shape == planned.info.shape ? (planned, stored) : nil
      }
    }
    let checks = StructureCheck(
      candidate: candidate, tensors: candidate.checkpoint, expected: expected
    ).checks
    guard level != .structure else {
      return Proof(
        level: level, checks: checks, tensorCount: expected.count, comparisons: [])
    }
    let comparable = pairs.filter { $0.0.info.dtype == $0.1.info.dtype }
    let comparisons = try TensorProver.compare(comparable, threads: threads, progress: progress)
    for checkpoint in plan.checkpoints + [candidate.checkpoint] {
      try checkpoint.checkIntegrity()
    }
    let isEncoded = comparable.contains { $0.1.stored != nil }
    let limits =
      level.runsNetworks ? limits(comparable.map(\.1), table: library.tolerances) : [:]
    let values = Proof.Check.values(
      isEncoded
        ? "values, decoded where they are quantised, are the reference's"
        : "values are the reference's", Array(zip(comparable.map(\.0), comparisons)),
      advice: isEncoded && tolerance == nil && !level.runsNetworks
        ? "with --tolerance ERROR values may be apart as a quantisation takes them" : nil
    ) { passes($0, tolerance: limits[$0.name] ?? tolerance) }
    return Proof(
      level: level, checks: checks + [values], tensorCount: comparisons.count,
      comparisons: comparisons)
  }

  /// The largest errors of quantised tensors, by name.
  private static func limits(
    _ tensors: [Checkpoint.Tensor], table: ToleranceTable
  ) -> [String: Double] {
    let encoded = tensors.filter { $0.stored != nil }
    return Dictionary(
      encoded.map { ($0.info.name, min(1, table.tensorMargin * table[$0.typeName].weights)) },
      uniquingKeysWith: { first, _ in first })
  }

  private static func passes(_ comparison: TensorComparison, tolerance: Double?) -> Bool {
    guard comparison.overflowed == 0 else { return false }
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
    recipe.output.decodes = true
    var prefix = ""
    if candidate.recognition.isAlone, let layout = candidate.recognition.layout, layout == "ldm",
      let component = candidate.soleComponent
    {
      // The reference may be a whole model, in which the component's names start with a prefix.
      recipe.output.component = component
      prefix = candidate.prefix(of: component, layout: layout) ?? ""
    }
    recipe.output.types = Dictionary(
      candidate.checkpoint.tensors.flatMap { tensor in
        ["", prefix].map { ($0 + tensor.info.name, tensor.info.dtype) }
      }, uniquingKeysWith: { first, _ in first })
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
