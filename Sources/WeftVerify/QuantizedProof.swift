import WeftFiles
import WeftFormats
import WeftKernels
import WeftRecipes
import WeftTensors
import WeftTransform

/// The proof that a model is another one, quantised as its own recipe says: the reference is converted and quantised in
/// the same way, and every byte must be the same.
struct QuantizedProof {
  /// The model in question, with its values.
  let candidate: BaseModel
  /// What its recipe says of its form.
  let written: RecipeOutput
  /// How it says that it was quantised.
  let quantization: QuantizationRecipe
  let library: FormatLibrary
  let threads: Int

  /// Compares the model with a reference.
  func prove(
    reference: String, level: Proof.Level,
    progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> Proof {
    let stored = try Checkpoint.open(candidate.checkpoint.path)
    let plan = try plan(of: reference)
    let expected = plan.tensors.filter { isRequired($0, in: plan) || stored[$0.info.name] != nil }
    let structure = StructureCheck(candidate: candidate, tensors: stored, expected: expected)
    guard level != .structure else {
      return Proof(
        level: level, checks: structure.checks, tensorCount: expected.count, comparisons: [])
    }
    let pairs = expected.compactMap { planned in
      stored[planned.info.name].flatMap { $0.info == planned.info ? (planned, $0) : nil }
    }
    let comparisons = try TensorProver.compare(pairs, threads: threads, progress: progress)
    for checkpoint in plan.checkpoints + [stored] { try checkpoint.checkIntegrity() }
    let values = Proof.Check.values(
      "values are the reference's, quantised to \(kind)",
      Array(zip(pairs.map(\.0), comparisons)),
      advice: "with --tolerance ERROR values may be apart"
    ) { $0.isEqual && $0.overflowed == 0 }
    return Proof(
      level: level, checks: structure.checks + [values], tensorCount: comparisons.count,
      comparisons: comparisons)
  }

  /// The type, and whose encoder's bytes it has where there are several.
  private var kind: String {
    guard library.quantType(quantization.type)?.dtype?.isBlocks ?? false else {
      return quantization.type
    }
    switch quantization.encoder {
    case .ggml: return "\(quantization.type) by ggml's encoder"
    case .sdcpp: return "\(quantization.type) as stable-diffusion.cpp does"
    }
  }

  private func plan(of reference: String) throws -> ModelPlan {
    var recipe = ConvertRecipe(inputPath: reference)
    recipe.output.format = candidate.checkpoint.format.ofReference
    if candidate.recognition.architecture != nil {
      recipe.output.layout = candidate.recognition.layout
    }
    recipe.output.quantization = quantization
    recipe.output.dtype = written.dtype
    recipe.output.allowedUnmatched = written.allowedUnmatched
    recipe.output.isPruned = written.isPruned
    recipe.output.averages = AveragesChoice(rawValue: written.averages.rawValue) ?? .keep
    return try ConvertPlanner.plan(recipe, library: library, threads: threads)
  }

  /// What must be there: weights and scales; what is no part of a model may have been left out of either.
  private func isRequired(_ tensor: PlannedTensor, in plan: ModelPlan) -> Bool {
    plan.base.recognition.architecture == nil || tensor.isWeight
      || tensor.pieces.contains {
        if case .scales = $0.work { true } else { false }
      }
  }
}

extension ContainerFormat {
  /// The container in which a reference is planned: that which has the same forms and names.
  var ofReference: ContainerFormat {
    self == .gguf || self == .diffusers ? self : .safetensors
  }
}
