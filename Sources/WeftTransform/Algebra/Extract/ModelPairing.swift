import WeftFiles
import WeftFormats
import WeftTensors

/// The tensors of a tuned model and of its base, one beside the other.
struct ModelPairing {
  private(set) var omissions: [Extraction.Omission] = []
  private let tuned: BaseModel
  private let base: BaseModel
  private let names: [CanonicalName]

  /// Pairs what both models have of the wanted components; a component that only one has is left out by name.
  init(
    tuned: BaseModel, base: BaseModel, wanted: [String], spelling: AdapterSpelling,
    architecture: Architecture
  ) throws {
    self.tuned = tuned
    self.base = base
    let ours = Dictionary(grouping: tuned.stored.keys, by: \.component)
    let theirs = Dictionary(grouping: base.stored.keys, by: \.component)
    for name in wanted where ours[name] == nil || theirs[name] == nil {
      throw TransformError.refused(
        "\(ours[name] == nil ? "the tuned model" : "the base") has no \(name)",
        at: ours[name] == nil ? tuned.checkpoint.path : base.checkpoint.path,
        advice: "choose among "
          + Set(ours.keys).intersection(theirs.keys).sorted().joined(separator: ", "))
    }
    var names: [CanonicalName] = []
    for component in Set(ours.keys).union(theirs.keys).sorted() {
      let mine = ours[component] ?? []
      let reason = try Self.reason(
        component, isShared: !mine.isEmpty && theirs[component] != nil, wanted: wanted,
        spelling.stem(
          of: (mine + (theirs[component] ?? [])).min()?.module
            ?? CanonicalModule(component: component, path: ""), in: architecture) != nil)
      guard let reason else {
        names += mine
        continue
      }
      let count = max(mine.count, theirs[component]?.count ?? 0)
      omissions.append(
        Extraction.Omission(component: component, count: count, reason: reason))
    }
    self.names = names.sorted()
    let others = tuned.recognition.bindings.count { $0.auxiliaryReason != nil || $0 == .unknown }
    if others > 0 {
      omissions.append(
        Extraction.Omission(
          component: "other tensors of the tuned model", count: others,
          reason: "they are no weights of the model"))
    }
    try requireSameTensors(Set(names))
  }

  /// Why a component is left out; nil for one that is extracted.
  private static func reason(
    _ component: String, isShared: Bool, wanted: [String], _ hasName: Bool
  ) throws -> String? {
    if !wanted.isEmpty, !wanted.contains(component) { return "not among the wanted components" }
    if !isShared { return "only one of the models has it" }
    if hasName { return nil }
    guard wanted.isEmpty else {
      throw TransformError.refused(
        "adapters have no names for \(component)", at: nil, advice: "leave it out of --components")
    }
    return "adapters have no names for it"
  }

  private func requireSameTensors(_ names: Set<CanonicalName>) throws {
    let components = Set(names.map(\.component))
    let theirs = base.stored.keys.filter { components.contains($0.component) }
    if let odd = names.symmetricDifference(theirs).min() {
      throw TransformError.refused(
        "only \(names.contains(odd) ? "the tuned model" : "the base") has \(odd)",
        at: tuned.checkpoint.path, advice: "give the model that it was tuned from with --base")
    }
  }

  /// What has to be added to the base's tensors, each in the wider of both types.
  func changes(dtype: DType?) throws -> [TensorChange] {
    try names.compactMap { name in
      guard let new = tuned.stored[name], let old = base.stored[name] else { return nil }
      guard new.shape == old.shape else {
        throw TransformError.refused(
          "\(name) is \(new.shape) in the tuned model, but \(old.shape) in the base",
          at: tuned.checkpoint.path, advice: "give the model that it was tuned from with --base")
      }
      try requireFloat(new, old, name)
      var update = Update()
      update.dense = [
        DenseTerm(block: new.block(), coefficient: 1),
        DenseTerm(block: old.block(), coefficient: -1),
      ]
      let block = new.block()
      return TensorChange(
        target: name, shape: new.shape, isNorm: base.isNorm(name),
        kind: .sum(SumMatrix(rows: block.rows, columns: block.columns, update)),
        dtype: dtype ?? .f16)
    }
  }

  private func requireFloat(
    _ new: BaseModel.Stored, _ old: BaseModel.Stored, _ name: CanonicalName
  ) throws {
    for stored in [new, old] where !stored.tensor.info.dtype.isComputable {
      throw TransformError.badData(
        "\(name) of type \(stored.tensor.info.dtype.rawValue) cannot be computed with",
        at: stored.tensor.source.path, advice: "convert the model to F16, BF16 or F32 first")
    }
  }
}
