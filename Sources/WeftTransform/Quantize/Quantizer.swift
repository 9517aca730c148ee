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
    policy = try library.policy(of: recipe, container: choice.format)
    importance = try ColumnWeights(recipe)
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
      let made = try make(named, wish: wish)
      result.tensors.append(made.tensor)
      result.decisions.append(made.decision)
    }
    try refuseUnusedRules(usedRules)
    try importance.refuseUnused()
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

  /// One component alone has no prefix.
  private func outputName(of tensor: PlannedTensor) -> String {
    guard let component = policy.component, let layout = policy.layout,
      let prefix = base.recognition.architecture?.prefix(of: component, layout: layout),
      tensor.info.name.hasPrefix(prefix)
    else { return tensor.info.name }
    return String(tensor.info.name.dropFirst(prefix.count))
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
      return Wish(type: try library.requiredQuantType(chosen), reason: "chosen for the goal")
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
    _ tensor: PlannedTensor, wish: Wish
  ) throws -> (tensor: PlannedTensor, decision: FormDecision) {
    guard let wanted = wish.type else { return try keep(tensor, reason: wish.reason) }
    if let made = try encoded(tensor, as: wanted) {
      return (made, decision(made, from: tensor, reason: wish.reason))
    }
    let length = policy.storedShape(tensor.info.shape).dimensions.last ?? 1
    let misfit =
      "rows of \(length) are no whole number of \(wanted.name)'s blocks of "
      + "\(wanted.dtype.blockElementCount)"
    for name in fallbacks(of: wanted) {
      if let made = try encoded(tensor, as: library.requiredQuantType(name)) {
        return (made, decision(made, from: tensor, reason: misfit, isFallback: true))
      }
    }
    return try keep(tensor, reason: misfit, isFallback: true)
  }

  /// What takes the place of a type that does not fit; nothing when the tensor then keeps its type.
  private func fallbacks(of type: QuantType) -> [String] {
    guard let fallback = policy.fallback else { return type.fallbacks + ["f16"] }
    return fallback == "keep" ? [] : [fallback]
  }

  /// A tensor in a type, or nil when it does not fit.
  private func encoded(_ tensor: PlannedTensor, as type: QuantType) throws -> PlannedTensor? {
    let dtype = type.dtype
    if dtype.isComputable {
      return tensor.info.dtype == dtype ? tensor : tensor.stored(as: dtype, encoding: nil)
    }
    try refuseRequantizing(tensor)
    if !dtype.isBlocks { return nil }
    guard let columns = policy.storedShape(tensor.info.shape).dimensions.last, columns > 0,
      columns % dtype.blockElementCount == 0
    else { return nil }
    let weights = try importance.weights(
      of: tensor.info.name, columns: columns, at: base.checkpoint.path)
    guard let encoding = BlockEncoding(dtype, weights: weights, columns: columns) else {
      throw TransformError.refused(
        "\(type.name) is only read, not written", at: tensor.info.name,
        advice: "choose another type")
    }
    return tensor.stored(as: dtype, encoding: encoding)
  }

  /// A tensor in the type that it has.
  private func keep(
    _ tensor: PlannedTensor, reason: String?, isFallback: Bool = false
  ) throws -> (tensor: PlannedTensor, decision: FormDecision) {
    let kept = try FormPlanner(choice: keeping, base: base, library: library)
      .apply(to: OutputPlanner.Result(layoutName: "", tensors: [tensor])).tensors
    guard let first = kept.first, kept.count == 1 else {
      throw TransformError.refused(
        "\(tensor.info.name) is stored in \(kept.count) tensors, which cannot be kept here",
        at: base.checkpoint.path, advice: "add a --rule for it")
    }
    return (first, decision(first, from: tensor, reason: reason, isFallback: isFallback))
  }

  private var keeping: OutputRecipe {
    var keeping = choice
    keeping.quantization = nil
    return keeping
  }

  private func decision(
    _ made: PlannedTensor, from tensor: PlannedTensor, reason: String?, isFallback: Bool = false
  ) -> FormDecision {
    let stored = tensor.origin?.stored
    return FormDecision(
      name: made.info.name, dtype: made.info.dtype,
      before: stored?.form.name ?? tensor.info.dtype.rawValue, reason: reason,
      isFallback: isFallback, component: made.component, elementCount: made.info.elementCount,
      byteCountBefore: stored?.parts.reduce(0) { $0 + $1.tensor.info.byteCount }
        ?? tensor.info.byteCount,
      byteCount: made.info.byteCount)
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
      advice: "see the names with weft inspect --tensors; an earlier rule may match them all")
  }

  private func refuseUnchanged(_ result: OutputPlanner.Result) throws {
    guard !result.tensors.contains(where: { $0.encoding != nil }), !type.dtype.isComputable else {
      return
    }
    throw TransformError.refused(
      "no tensor would be \(type.name): "
        + (result.decisions.lazy.compactMap(\.reason).first ?? "there is none"),
      at: base.checkpoint.path, advice: "choose another type, or add rules")
  }
}
