import WeftTensors

/// A name, or a pattern of names, and why such tensors are left aside.
struct NamedReason: Sendable {
  let glob: Glob
  let reason: String
  /// Whether such tensors change what a model computes, so that pruning keeps them.
  let isEssential: Bool
}

extension [NamedReason] {
  /// The reason for a name, or nil.
  func reason(for name: String) -> String? { entry(for: name)?.reason }

  /// The first entry that a name matches.
  func entry(for name: String) -> NamedReason? { first { $0.glob.matches(name) } }
}

/// Something that is kept in such files and is neither a model nor an adapter of weights, or an adapter whose names look
/// like a model's.
struct OtherKind: Sendable {
  let id: String
  let kind: ModelKind
  let title: String
  /// Where such things belong, since they are not fused.
  let belongs: String?
  let has: [Glob]
  /// Whether the tensors may still be of a model that is known better.
  let isLastResort: Bool
  /// Whether every tensor must fit a pattern.
  let isAll: Bool

  /// A tensor for each pattern, or nil when one of them has none.
  func witnesses(_ index: TensorIndex) -> [String]? {
    let fitsAll =
      !isAll
      || index.tensors.allSatisfy { tensor in
        has.contains { $0.matches(tensor.name) }
      }
    guard fitsAll else { return nil }
    var witnesses: [String] = []
    for glob in has {
      guard let name = index.first(glob) else { return nil }
      witnesses.append(name)
    }
    return witnesses
  }
}

/// How an adapter of a model that is not known here spells its modules.
struct Stranger: Sendable {
  let glob: Glob
  /// The model, in words.
  let title: String
}
