/// Says what is wrong with tensors that are named as parts of one module and make none.
struct FragmentComplaint {
  let stem: String
  /// The tensors' names by their roles.
  let names: [String: String]

  /// The complaint, with the name of the tensor that is missing where one is.
  func words(_ families: [AdapterFamily]) -> String {
    let has = names.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
    let fitting = families.filter { family in
      names.keys.allSatisfy((family.needs + family.any + family.may).contains)
    }
    if fitting.isEmpty, let mixture = mixture(families) {
      return "the stem '\(stem)' has \(has), which are of several kinds of adapters: \(mixture)"
    }
    for family in fitting.isEmpty ? families : fitting {
      let lacking = family.needs.filter { names[$0] == nil }
      guard lacking.count < family.needs.count, let first = lacking.first else { continue }
      let name = missingName(of: first, families)
      return "the stem '\(stem)' has \(has) without '\(first)'"
        + (name.map { "; \($0) is missing" } ?? "")
    }
    return "the stem '\(stem)' has \(has), which is no known kind of adapter"
  }

  /// The kinds that the parts are of, when no one kind has them all.
  private func mixture(_ families: [AdapterFamily]) -> String? {
    let kinds = families.filter { family in
      (family.needs + family.any).contains { names[$0] != nil }
    }
    var owners: [String] = []
    for role in names.keys.sorted() {
      let own = kinds.filter { ($0.needs + $0.any).contains(role) }
      guard let kind = own.max(by: { $0.order < $1.order }) else { continue }
      if !owners.contains(kind.title) { owners.append(kind.title) }
    }
    return owners.count > 1 ? owners.joined(separator: "; ") : nil
  }

  /// The name that the missing tensor would have, spelled as the ones that are there.
  ///
  /// Families list the spellings of their roles in one order, so that both halves of a pair stand at the same place.
  private func missingName(of role: String, _ families: [AdapterFamily]) -> String? {
    let wanted = suffixes(of: role, families)
    for (present, name) in names.sorted(by: { $0.key < $1.key }) {
      let known = suffixes(of: present, families)
      guard known.count == wanted.count,
        let place = known.firstIndex(where: { name == stem + $0 })
      else { continue }
      return stem + wanted[place]
    }
    return wanted.count == 1 ? stem + wanted[0] : nil
  }

  private func suffixes(of role: String, _ families: [AdapterFamily]) -> [String] {
    families.flatMap(\.suffixes).filter { $0.role == role }.map(\.suffix)
  }
}
