package import WeftTensors

/// The tensors of an adapter file that belong to one module of the model.
package struct AdapterModule: Sendable {
  /// The module's name as the file spells it, such as `lora_unet_mid_block_attentions_0_proj_in`.
  package let stem: String
  /// What the tensors mean.
  package let family: AdapterFamily
  /// The naming schemes whose stems start so; the alias table tells which it is.
  package let schemes: [String]
  /// The places of the tensors in the file, by role.
  package let tensors: [String: Int]
}

/// A tensor of an adapter file that changes no module.
package struct AdapterLeftover: Sendable, Hashable {
  /// The place of the tensor in the file.
  package let index: Int
  /// Why it changes nothing.
  package let reason: String
  /// Whether the tensor is known to be harmless; others must refuse a run.
  package let isHarmless: Bool
  /// Whether the tensor is named as a part of a module, the rest of which is not there.
  package var isFragment = false
}

/// An adapter file taken apart into modules.
///
/// Every tensor is in exactly one module or among the leftovers.
package struct AdapterReading: Sendable {
  /// The modules in the order of their first tensors.
  package private(set) var modules: [AdapterModule] = []
  /// The tensors that belong to no module, with the reason.
  package private(set) var leftovers: [AdapterLeftover] = []

  private struct Draft {
    let stem: String
    var tensors: [String: Int] = [:]
  }

  /// Groups the tensors of a file by stem and finds the family of each group.
  package init(
    _ tensors: [TensorInfo], metadata: [String: String] = [:], library: FormatLibrary
  ) {
    let ends = library.families.flatMap(\.suffixes)
      .sorted { $0.suffix.utf8.count > $1.suffix.utf8.count }
    let embeddings = Set(library.schemes.compactMap(\.embeddings))
    var drafts: [Draft] = []
    var positions: [String: Int] = [:]
    for (index, tensor) in tensors.enumerated() {
      if let reason = library.leftovers.reason(for: tensor.name) {
        leftovers.append(AdapterLeftover(index: index, reason: reason, isHarmless: true))
      } else if let mark = metadata[tensor.name], embeddings.contains(mark) {
        let reason = "the embedding of a token, which no module takes"
        leftovers.append(AdapterLeftover(index: index, reason: reason, isHarmless: true))
      } else if let end = ends.first(where: { tensor.name.hasSuffix($0.suffix) }) {
        let stem = String(tensor.name.dropLast(end.suffix.count))
        let position = positions[stem] ?? drafts.count
        if position == drafts.count { drafts.append(Draft(stem: stem)) }
        positions[stem] = position
        if drafts[position].tensors[end.role] == nil {
          drafts[position].tensors[end.role] = index
        } else {
          refuse(index, "a second '\(end.role)' of '\(stem)'")
        }
      } else {
        refuse(index, "its name ends like no adapter's tensor")
      }
    }
    for draft in drafts { add(draft, tensors, library) }
    leftovers.sort { $0.index < $1.index }
  }

  private mutating func add(_ draft: Draft, _ tensors: [TensorInfo], _ library: FormatLibrary) {
    let shapes = draft.tensors.mapValues { tensors[$0].shape }
    guard let family = library.families.first(where: { $0.fits(draft.stem, shapes) }) else {
      let names = draft.tensors.mapValues { tensors[$0].name }
      let reason = FragmentComplaint(stem: draft.stem, names: names).words(library.families)
      for index in draft.tensors.values { refuse(index, reason, isFragment: true) }
      return
    }
    modules.append(
      AdapterModule(
        stem: draft.stem, family: family,
        schemes: library.schemes.filter { $0.mayHave(draft.stem) }.map(\.id),
        tensors: draft.tensors))
  }

  private mutating func refuse(_ index: Int, _ reason: String, isFragment: Bool = false) {
    leftovers.append(
      AdapterLeftover(index: index, reason: reason, isHarmless: false, isFragment: isFragment))
  }
}

extension AdapterReading {
  /// The same file with some of its modules alone.
  package func keeping(_ isKept: (AdapterModule) -> Bool) -> AdapterReading {
    var reading = self
    reading.modules.removeAll { !isKept($0) }
    return reading
  }
}
