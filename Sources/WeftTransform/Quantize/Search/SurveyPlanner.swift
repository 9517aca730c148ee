import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors

/// Finds the tensors whose types can be chosen, and the types that fit each of them.
///
/// It asks the planner that every quantisation uses, once for each type, so that policies, rules and rows decide here what
/// they decide in the run.
struct SurveyPlanner {
  let output: OutputPlanner.Result
  let choice: OutputRecipe
  let recipe: QuantizationRecipe
  let base: BaseModel
  let library: FormatLibrary
  /// The types to choose among; empty for the container's usual ones.
  let types: [String]

  /// The type that fits whatever has values.
  static let plainType = "f32"
  /// What a recipe calls a tensor's own type.
  static let ownType = "keep"

  /// The tensors that the recipe's type would decide for, and those for which rules choose another type than they have.
  func tensors() throws -> [SurveyedTensor] {
    let plain = try form(recipe, type: Self.plainType)
    let free = plain.decisions.filter { $0.reason == nil }.map(\.name)
    let isFree = Set(free)
    let fixed = plain.tensors.filter { isRuled($0) && !isFree.contains($0.info.name) }
    let values = try values(of: free + fixed.map(\.info.name))
    let kept = try kept(free.filter { values[$0]?.canStay ?? false })
    let trials = try trials(of: free, kept: kept)
    let chosen = try free.map { name in
      try surveyed(name, values[name], trials: trials[name] ?? [], kept: kept[name])
    }
    let ruled = try fixed.map { tensor in
      let name = tensor.info.name
      return try surveyed(
        name, values[name], trials: [trial(tensor, type: typeName(tensor.info.dtype))], kept: nil,
        isFixed: true)
    }
    return chosen + ruled
  }

  private func surveyed(
    _ name: String, _ values: PlannedTensor?, trials: [TypeTrial], kept: PlannedTensor?,
    isFixed: Bool = false
  ) throws -> SurveyedTensor {
    // What is encoded anew loses something even as its own type.
    let own = kept.map { trial($0, type: Self.ownType) }
    let isLossless = own?.encoding == nil
    let all = (isLossless ? nil : own).map { [$0] + trials } ?? trials
    guard let values, let grouped = SurveyedTensor.grouped(values, for: all) else {
      throw TransformError.refused(
        "the errors of \(name) cannot be measured", at: base.checkpoint.path,
        advice: "choose its type with --rule '\(name)=TYPE'")
    }
    return SurveyedTensor(
      name: name, values: grouped, storedByteCount: values.inputByteCount, trials: all,
      keptByteCount: isLossless ? own?.byteCount : nil, isFixed: isFixed)
  }

  // MARK: Plans

  /// The tensors' forms with some types chosen; column weights are read only when `type`, the one that is tried, needs them.
  private func form(
    _ recipe: QuantizationRecipe, type: String, chosen: [String: String] = [:]
  ) throws -> OutputPlanner.Result {
    var changed = recipe
    changed.type = Self.plainType
    changed.chosen = chosen
    if !needsImportance(type) { changed.importancePath = nil }
    var form = choice
    form.quantization = changed
    return try FormPlanner(choice: form, base: base, library: library).apply(to: output)
  }

  /// Whether any tensor is encoded in a way that column weights change.
  private func needsImportance(_ type: String) -> Bool {
    ([type] + recipe.rules.map(\.type)).contains {
      library.quantType($0)?.dtype?.isBlocks ?? false
    }
  }

  /// The tensors as float32.
  private func values(of names: [String]) throws -> [String: PlannedTensor] {
    var unruled = recipe
    unruled.rules = []
    unruled.importancePath = nil
    return try form(unruled, type: Self.plainType, chosen: names.choosing(Self.plainType)).byName
  }

  /// The tensors in their own types.
  private func kept(_ names: [String]) throws -> [String: PlannedTensor] {
    let all = try form(recipe, type: Self.plainType, chosen: names.choosing(Self.ownType)).byName
    let wanted = Set(names)
    return all.filter { wanted.contains($0.key) }
  }

  /// The types that each tensor could have beside its own.
  private func trials(
    of names: [String], kept: [String: PlannedTensor]
  ) throws -> [String: [TypeTrial]] {
    var trials: [String: [TypeTrial]] = [:]
    for type in try usableTypes(mustFitAll: kept.count < names.count) {
      let made = try form(recipe, type: type.name, chosen: names.choosing(type.name)).byName
      for name in names {
        guard let tensor = made[name], tensor.info.dtype == type.dtype else { continue }
        let trial = trial(tensor, type: type.name)
        // What is no smaller than the tensor as it is, is no use.
        if let kept = kept[name], kept.encoding == nil,
          trial.byteCount >= paddedByteCount(kept.info)
        {
          continue
        }
        trials[name, default: []].append(trial)
      }
    }
    return trials
  }

  /// The types to try; one that fits every tensor is among them where tensors cannot keep their own.
  private func usableTypes(mustFitAll: Bool) throws -> [QuantType] {
    let usual = library.candidates(in: choice.format.rawValue).compactMap(library.quantType)
      .filter { type in
        type.dtype.map { !$0.isBlocks || BlockCodec($0)?.canEncode ?? false } ?? false
      }
    var found = types.isEmpty ? usual : try types.map(searchable)
    if mustFitAll, !found.contains(where: { $0.dtype?.isComputable ?? false }) {
      found.append(try library.requiredQuantType("f16"))
    }
    return found
  }

  /// A type that the user names; those with scales beside the elements need the whole tensor before they can be tried.
  private func searchable(_ name: String) throws -> QuantType {
    let type = try library.requiredQuantType(name)
    guard case .scaled = try type.form(in: choice.format) else { return type }
    throw RecipeError(
      argument: name, what: "a search for a size or an error cannot try it; give it alone as --type"
    )
  }

  private func trial(_ tensor: PlannedTensor, type: String) -> TypeTrial {
    TypeTrial(
      type: type, dtype: tensor.info.dtype, encoding: tensor.encoding,
      byteCount: paddedByteCount(tensor.info))
  }

  private func typeName(_ dtype: DType) -> String {
    library.quantTypes.first { $0.dtype == dtype }?.name ?? dtype.rawValue
  }

  /// The size with what separates tensors in the container.
  private func paddedByteCount(_ info: TensorInfo) -> Int {
    guard choice.format == .gguf else { return info.byteCount }
    let alignment = GGUFHeader.usualAlignment
    return (info.byteCount + alignment - 1) / alignment * alignment
  }

  /// Whether a rule makes something else of the tensor than it was.
  private func isRuled(_ tensor: PlannedTensor) -> Bool {
    let isChanged = tensor.encoding != nil || tensor.action == .cast
    return isChanged && recipe.rules.contains { Glob($0.pattern).matches(tensor.info.name) }
  }
}

extension [String] {
  /// The same type for all names.
  fileprivate func choosing(_ type: String) -> [String: String] {
    Dictionary(map { ($0, type) }, uniquingKeysWith: { first, _ in first })
  }
}

extension OutputPlanner.Result {
  fileprivate var byName: [String: PlannedTensor] {
    Dictionary(tensors.map { ($0.info.name, $0) }, uniquingKeysWith: { first, _ in first })
  }
}

extension PlannedTensor {
  /// Whether the tensor can be stored as it is, which one that is kept in several parts cannot be here.
  fileprivate var canStay: Bool { (origin?.stored?.parts.count ?? 1) == 1 }

  /// The size of what the values are read from, in bytes.
  fileprivate var inputByteCount: Int {
    let parts = origin?.stored?.parts.map(\.tensor.info.byteCount)
    return parts?.reduce(0, +) ?? origin?.info.byteCount ?? info.byteCount
  }
}
