import WeftFiles
import WeftFormats
import WeftTensors

/// Finds the module of the model that each module of an adapter means, and takes down what becomes of its tensors.
struct ModuleResolver {
  let base: BaseModel
  let normBase: BaseModel?
  var tloraBase: BaseModel?
  let aliases: AliasTable
  let recipe: FuseRecipe
  let library: FormatLibrary

  /// The changes of an adapter and the fate of all its tensors; a refusal says what the adapter would fit.
  func resolve(
    _ source: AdapterSource
  ) throws -> (contributions: [Contribution], plan: AdapterPlan) {
    do {
      return try resolveModules(source)
    } catch let error as TransformError where error.status == .refused {
      guard let other = try otherArchitecture(source, unlessIn: error.what) else { throw error }
      throw TransformError.refused(
        error.what + other, at: error.place,
        advice: "use an adapter that was made for \(base.architectureID)")
    }
  }

  private func resolveModules(_ source: AdapterSource) throws -> (
    contributions: [Contribution], plan: AdapterPlan
  ) {
    var ledger = AdapterLedger()
    var contributions: [Contribution] = []
    try refuseUnsupported(source)
    let blocks = try blockFactors(of: source)
    for part in source.parts {
      var claimed = ClaimedModules()
      try refuseIncompleteList(part)
      ledger.record(part.reading.leftovers, of: part.checkpoint)
      for module in part.reading.modules {
        contributions += try resolve(
          module, part: part, request: source.request, blocks: blocks, claimed: &claimed,
          ledger: &ledger)
      }
    }
    try refuseUnmatched(ledger, source: source)
    return (contributions, plan(source, ledger: ledger, blocks: blocks))
  }

  private func resolve(
    _ module: AdapterModule, part: AdapterSource.Part, request: AdapterRequest,
    blocks: BlockFactors, claimed: inout ClaimedModules, ledger: inout AdapterLedger
  ) throws -> [Contribution] {
    let tensors = module.tensors.mapValues { part.checkpoint.tensors[$0] }
    let names = tensors.values.map(\.info.name).sorted()
    guard let target = try target(of: module, part: part) else {
      ledger.leaveUnmatched(names, reason: "no module of the model is spelled \(module.stem)")
      return []
    }
    if try claimed.isCopy(of: target, family: module.family.id, tensors: tensors, part: part) {
      ledger.ignore(names, reason: "an equal copy under another spelling")
      return []
    }
    if module.family.id == ResAdapterNorm.family, recipe.normMode == .skip {
      ledger.ignore(names, reason: "--norm skip")
      return []
    }
    guard let family = adapterFamilies[module.family.id] else { return [] }
    // A difference of the bias may come with any family.
    let read = { try family($0) + BiasDifference.contributions($0) }
    try blocks.requireWeight(of: target, at: "\(part.checkpoint.path): \(module.stem)")
    let contributions = try read(
      ModuleInHand(
        tensors: tensors, stem: module.stem, target: target,
        strength: request.scale(component: target.component) * blocks.factor(of: target),
        normWeight: normWeight(of: target, request: request, blocks: blocks),
        path: part.checkpoint.path, base: base, normBase: normBase,
        tloraBase: tloraBase, recipe: recipe,
        config: part.configs.config(stem: module.stem, target: target)))
    if let reason = blocks.omission(of: target) {
      ledger.ignore(names, reason: reason)
      return []
    }
    ledger.apply(names)
    for contribution in contributions { ledger.count(contribution.ruleText) }
    return contributions
  }

  /// The module of the model that a stem means; nil when the model has none.
  private func target(
    of module: AdapterModule, part: AdapterSource.Part
  ) throws -> CanonicalModule? {
    switch aliases.resolve(module.stem) {
    case .module(let target, _): return target
    case .unknown: return nil
    case .ambiguous(let targets):
      throw TransformError.refused(
        "the name means \(targets.map(\.description).joined(separator: " or "))",
        at: "\(part.checkpoint.path): \(module.stem)",
        advice: "use an adapter that names its modules in full")
    }
  }

  private func plan(
    _ source: AdapterSource, ledger: AdapterLedger, blocks: BlockFactors
  ) -> AdapterPlan {
    AdapterPlan(
      request: source.request, family: familyName(of: source),
      tensorCount: source.parts.reduce(0) { $0 + $1.checkpoint.tensors.count },
      applied: ledger.applied.sorted(), ignored: ledger.ignored, unmatched: ledger.unmatched,
      rules: blocks.words + ledger.rules)
  }
}

/// The modules of the model that a file's modules have already changed.
///
/// Some files hold each module under two spellings; equal copies count once, different ones are refused.
struct ClaimedModules {
  private struct Key: Hashable {
    let target: CanonicalModule
    let family: String
  }
  private var owners: [Key: [String: Checkpoint.Tensor]] = [:]

  mutating func isCopy(
    of target: CanonicalModule, family: String, tensors: [String: Checkpoint.Tensor],
    part: AdapterSource.Part
  ) throws -> Bool {
    let key = Key(target: target, family: family)
    guard let owner = owners[key] else {
      owners[key] = tensors
      return false
    }
    guard owner.keys == tensors.keys,
      try owner.allSatisfy({ role, tensor in try tensors[role]?.bytes() == tensor.bytes() })
    else {
      let names = (Array(owner.values) + Array(tensors.values)).map(\.info.name).sorted()
      throw TransformError.refused(
        "two modules change \(target.component) \(target.path)",
        at: "\(part.checkpoint.path): \(names.joined(separator: ", "))",
        advice: "remove one of them; which one is meant cannot be known")
    }
    return true
  }
}
