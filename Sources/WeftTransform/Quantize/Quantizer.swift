import WeftFiles
import WeftFormats
import WeftTensors

/// Gives the tensors of an output the types that a recipe, a policy and the tensors' shapes ask for.
struct Quantizer {
  private let recipe: QuantizationRecipe
  private let choice: OutputRecipe
  private let base: BaseModel
  private let library: FormatLibrary
  private let policy: QuantPolicy
  private let type: QuantType
  private let importance: ColumnWeights

  init(
    recipe: QuantizationRecipe, choice: OutputRecipe, base: BaseModel, library: FormatLibrary
  ) throws {
    self.recipe = recipe
    self.choice = choice
    self.base = base
    self.library = library
    type = try library.requiredQuantType(recipe.type)
    _ = try type.form(in: choice.format)
    policy = try library.policy(of: recipe, container: choice.format)
    importance = try ColumnWeights(recipe, for: base)
  }

  func apply(to output: OutputPlanner.Result) throws -> OutputPlanner.Result {
    var result = output
    result.tensors = []
    var usedRules: Set<Int> = []
    for tensor in output.tensors {
      if let reason = reasonToDrop(tensor) {
        result.dropped.append(ModelPlan.Drop(name: tensor.info.name, reason: reason))
        continue
      }
      let named = tensor.renamed(outputName(of: tensor))
      let wish = try wish(for: named, usedRules: &usedRules)
      let made = try make(named, wish: wish, survey: result.tensors.count)
      result.tensors += made.tensors
      result.decisions.append(made.decision)
    }
    result.tensors += ScaledMarker.tensors(for: result.tensors)
    try refuseUnusedRules(usedRules)
    result.notes += try importance.unusedNote().map { [$0] } ?? []
    try refuseUnchanged(result)
    if policy.sortsNames { result.tensors.sort { $0.info.name < $1.info.name } }
    result.storedShapes = result.tensors.map { policy.storedShape($0.info.shape) }
    return result
  }

  // MARK: Names

  private func reasonToDrop(_ tensor: PlannedTensor) -> String? {
    if let component = policy.component, tensor.component != component {
      return "no part of the \(component); \(policy.title) holds nothing else"
    }
    return policy.drops.contains { $0.matches(tensor.info.name) }
      ? "left out by the policy '\(policy.id)'" : nil
  }

  private func outputName(of tensor: PlannedTensor) -> String {
    guard let component = policy.component, let layout = policy.layout else {
      return tensor.info.name
    }
    return base.name(tensor.info.name, alone: component, layout: layout)
  }

  // MARK: Types

  /// The type that a tensor should have: nil for its own.
  private struct Wish {
    let type: QuantType?
    let reason: String?
  }

  private func wish(
    for tensor: PlannedTensor, usedRules: inout Set<Int>
  ) throws -> Wish {
    guard tensor.info.dtype.isComputable else {
      return Wish(type: nil, reason: "\(tensor.info.dtype.rawValue) is not quantised")
    }
    if let chosen = recipe.chosen[tensor.info.name] {
      let type = chosen == "keep" ? nil : try library.requiredQuantType(chosen)
      return Wish(type: type, reason: "chosen for the goal")
    }
    for (index, rule) in recipe.rules.enumerated()
    where Glob(rule.pattern).matches(tensor.info.name) {
      usedRules.insert(index)
      let type = rule.type == "keep" ? nil : try library.requiredQuantType(rule.type)
      return Wish(type: type, reason: "the rule \(rule.pattern)=\(rule.type)")
    }
    guard base.recognition.architecture != nil else {
      return tensor.info.shape.rank >= 2
        ? Wish(type: type, reason: nil) : Wish(type: nil, reason: "a vector or a scalar")
    }
    let subject = QuantRule.Subject(
      name: tensor.info.name, component: tensor.component, shape: tensor.info.shape,
      storedShape: policy.storedShape(tensor.info.shape), dtype: tensor.info.dtype)
    guard let rule = policy.keeps.first(where: { $0.fits(subject) }) else {
      return Wish(type: type, reason: nil)
    }
    return Wish(type: try rule.type.map(library.requiredQuantType), reason: rule.why)
  }

  private func make(
    _ tensor: PlannedTensor, wish: Wish, survey: Int
  ) throws -> (tensors: [PlannedTensor], decision: FormDecision) {
    guard let wanted = wish.type else { return try keep(tensor, reason: wish.reason, survey) }
    if let made = try encoded(tensor, as: wanted, survey: survey) {
      return (made, decision(made, from: tensor, reason: wish.reason))
    }
    let misfit = try misfit(tensor, wanted)
    for name in fallbacks(of: wanted, from: tensor.info.dtype) {
      if let made = try encoded(tensor, as: library.requiredQuantType(name), survey: survey) {
        return (made, decision(made, from: tensor, reason: misfit, isFallback: true))
      }
    }
    return try keep(tensor, reason: misfit, survey, isFallback: true)
  }

  /// Why a tensor cannot have a type.
  private func misfit(_ tensor: PlannedTensor, _ type: QuantType) throws -> String {
    guard case .blocks(let dtype) = try type.form(in: choice.format) else {
      let ranks = type.scaled?.dimensions ?? 2...2
      return ranks.contains(tensor.info.shape.rank)
        ? "the shape \(tensor.info.shape) does not fit \(type.name)"
        : "\(type.name) is for matrices alone"
    }
    let length = policy.storedShape(tensor.info.shape).dimensions.last ?? 1
    return "rows of \(length) are no whole number of \(type.name)'s blocks of "
      + "\(dtype.blockElementCount)"
  }

  /// What takes the place of a type that does not fit; nothing when the tensor then keeps its type.
  ///
  /// Sixteen bits are not made sixteen others: F16 has no place for large values of BF16.
  private func fallbacks(of type: QuantType, from dtype: DType) -> [String] {
    guard let fallback = policy.fallback else {
      return type.fallbacks + (dtype.byteWidth == 2 ? [] : ["f16"])
    }
    return fallback == "keep" ? [] : [fallback]
  }

  /// A tensor in a type, or nil when it does not fit.
  private func encoded(
    _ tensor: PlannedTensor, as type: QuantType, survey: Int
  ) throws -> [PlannedTensor]? {
    let form = try type.form(in: choice.format)
    if case .plain(let dtype) = form, dtype.isComputable {
      return tensor.info.dtype == dtype && tensor.origin?.stored == nil
        ? [tensor] : tensor.stored(as: dtype, encoding: nil).map { [$0] }
    }
    try refuseRequantizing(tensor)
    guard case .blocks(let dtype) = form else {
      return tensor.stored(as: form, survey: survey, saturates: recipe.saturates)
    }
    let storedShape = policy.storedShape(tensor.info.shape)
    guard let columns = storedShape.dimensions.last, columns > 0,
      columns % dtype.blockElementCount == 0
    else { return nil }
    let weights = try importance.weights(of: tensor.info, storedShape: storedShape)
    guard let encoding = BlockEncoding(dtype, weights: weights, columns: columns) else {
      throw TransformError.refused(
        "\(type.name) is only read, not written", at: tensor.info.name,
        advice: "choose another type")
    }
    return tensor.stored(as: dtype, encoding: encoding).map { [$0] }
  }

  /// A tensor in the form that it has.
  private func keep(
    _ tensor: PlannedTensor, reason: String?, _ survey: Int, isFallback: Bool = false
  ) throws -> (tensors: [PlannedTensor], decision: FormDecision) {
    var keeping = choice
    keeping.quantization = nil
    let kept = try FormPlanner(choice: keeping, base: base, library: library)
      .keepForm(of: tensor, survey: survey)
    return (kept, decision(kept, from: tensor, reason: reason, isFallback: isFallback))
  }

  private func decision(
    _ made: [PlannedTensor], from tensor: PlannedTensor, reason: String?, isFallback: Bool = false
  ) -> FormDecision {
    let stored = tensor.origin?.stored
    return FormDecision(
      name: made.first?.info.name ?? tensor.info.name,
      dtype: made.first?.info.dtype ?? tensor.info.dtype,
      form: made.first?.encoding?.survey?.format.id ?? made.first?.info.dtype.rawValue ?? "",
      before: stored?.form.name ?? tensor.info.dtype.rawValue, reason: reason,
      isFallback: isFallback, component: tensor.component, elementCount: tensor.info.elementCount,
      byteCountBefore: stored?.parts.reduce(0) { $0 + $1.tensor.info.byteCount }
        ?? tensor.info.byteCount,
      byteCount: made.reduce(0) { $0 + $1.info.byteCount })
  }
}

// MARK: Refusals

extension Quantizer {
  private func refuseRequantizing(_ tensor: PlannedTensor) throws {
    guard !recipe.requantizes, let stored = tensor.origin?.stored else { return }
    throw TransformError.refused(
      "\(tensor.info.name) is \(stored.form.name) already; quantising it again loses more",
      at: base.checkpoint.path, advice: "start from the original, or add --requantize")
  }

  private func refuseUnusedRules(_ used: Set<Int>) throws {
    guard let index = recipe.rules.indices.first(where: { !used.contains($0) }) else { return }
    let pattern = recipe.rules[index].pattern
    throw TransformError.refused(
      "the rule \(pattern)=\(recipe.rules[index].type) decides for no tensor",
      at: base.checkpoint.path,
      advice:
        "rules match the names that tensors have in the output; an earlier rule may match them all")
  }

  private func refuseUnchanged(_ result: OutputPlanner.Result) throws {
    guard !result.tensors.contains(where: { $0.encoding != nil }),
      !(type.dtype?.isComputable ?? false)
    else {
      return
    }
    throw TransformError.refused(
      "no tensor would be \(type.name): "
        + (result.decisions.lazy.compactMap(\.reason).first
          ?? "\(policy.title) was asked for, and there is none here"),
      at: base.checkpoint.path, advice: "choose another type, or add rules")
  }
}
