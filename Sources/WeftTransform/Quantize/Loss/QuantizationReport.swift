import WeftFormats
package import WeftKernels

/// What a quantisation decided about every tensor and, when that was measured, what was lost.
package struct QuantizationReport: Sendable {
  /// A tensor of the output.
  package struct Tensor: Sendable {
    /// Its type, and why.
    package let decision: FormDecision
    /// The values before and after; nil when that was not measured.
    package let loss: Comparison?
    /// The finite values, or blocks of them, that became infinite, NaN or the greatest value of the type.
    package let saturated: Int

    /// The size of an element in the output, in bits.
    package var bitsPerElement: Double {
      Double(decision.byteCount * 8) / Double(max(1, decision.elementCount))
    }
  }

  /// The recipe.
  package let recipe: QuantizationRecipe
  /// The name of the policy that decided where no rule did.
  package let policy: String
  /// The tensors of the output, in the plan's order.
  package let tensors: [Tensor]
  /// Where the errors of the worst tensors are, worst first.
  package let maps: [ErrorMap]

  /// The report of a plan, with what its run measured; nil when nothing is quantised.
  package init?(_ plan: ModelPlan, summary: RunSummary? = nil) {
    guard let recipe = plan.choice.quantization else { return nil }
    self.recipe = recipe
    policy = FormatLibrary.policyName(of: recipe, container: plan.choice.format)
    tensors = plan.decisions.map { decision in
      Tensor(
        decision: decision, loss: summary?.losses[decision.name],
        saturated: (summary?.tallies[decision.name]).map { $0.overflowed + $0.saturated } ?? 0)
    }
    maps = summary?.errorMaps ?? []
  }

  /// What all tensors lost that were measured; nil when none was.
  package var loss: Comparison? { Self.loss(of: tensors) }
  /// The values that became infinite or NaN.
  package var saturated: Int { tensors.reduce(0) { $0 + $1.saturated } }
  /// The size of the tensors before, in bytes.
  package var byteCountBefore: Int { tensors.reduce(0) { $0 + $1.decision.byteCountBefore } }
  /// The size of the tensors in the output, in bytes.
  package var byteCount: Int { tensors.reduce(0) { $0 + $1.decision.byteCount } }
  /// The mean size of an element in the output, in bits.
  package var bitsPerElement: Double {
    let elementCount = tensors.reduce(0) { $0 + $1.decision.elementCount }
    return Double(byteCount) * 8 / Double(max(1, elementCount))
  }

  /// The tensors that lost something, most first.
  package var worst: [Tensor] {
    tensors.filter { ($0.loss?.sumSquaredDifference ?? 0) > 0 }.sorted {
      ($1.loss?.relativeL2 ?? 0, $0.decision.name) < ($0.loss?.relativeL2 ?? 0, $1.decision.name)
    }
  }

  /// What some tensors lost together; nil when that was not measured.
  package static func loss(of tensors: [Tensor]) -> Comparison? {
    let losses = tensors.compactMap(\.loss)
    return losses.isEmpty ? nil : losses.reduce(into: Comparison()) { $0 += $1 }
  }
}
