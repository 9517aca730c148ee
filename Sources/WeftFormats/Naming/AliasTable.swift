import WeftTensors

/// Every naming scheme's spelling of every module of a model, made forward from the real names.
package struct AliasTable: Sendable {
  /// What a stem stands for.
  package enum Resolution: Sendable, Hashable {
    /// One module, in the given schemes.
    case module(CanonicalModule, schemes: [String])
    /// Several modules; the stem cannot be used.
    case ambiguous([CanonicalModule])
    case unknown
  }

  /// A rule of a scheme and the spellings that it gives.
  private struct Entry: Sendable {
    let scheme: String
    let prefix: String
    let spellings: [String: [Int]]
    let isOrdered: Bool
  }

  /// The modules of the model.
  package let modules: [CanonicalModule]
  private let entries: [Entry]

  /// Makes the table for the tensors that a model has.
  package init(
    _ names: [CanonicalName], architecture: Architecture, library: FormatLibrary
  ) throws(FormatError) {
    var seen: Set<CanonicalModule> = []
    modules = names.map(\.module).filter { seen.insert($0).inserted }
    var entries: [Entry] = []
    for scheme in library.schemes {
      for rule in scheme.rules {
        let component = rule.components.lazy.compactMap { architecture.component($0) }.first
        guard let component else { continue }
        let spellings = try Self.spellings(modules, rule, component, architecture)
        entries.append(
          Entry(
            scheme: scheme.id, prefix: rule.prefix, spellings: spellings,
            isOrdered: rule.order != nil))
      }
    }
    self.entries = entries
  }

  /// Makes the table for the complete model of an architecture.
  package init(for architecture: Architecture, library: FormatLibrary) throws(FormatError) {
    try self.init(
      try architecture.expanded(withOptional: true).map(\.name), architecture: architecture,
      library: library)
  }

  /// What a stem stands for.
  package func resolve(_ stem: String) -> Resolution {
    var found: [Int] = []
    var schemes: [String] = []
    for entry in entries where stem.hasPrefix(entry.prefix) {
      guard let targets = entry.spellings[String(stem.dropFirst(entry.prefix.count))] else {
        continue
      }
      for target in targets where !found.contains(target) { found.append(target) }
      if !schemes.contains(entry.scheme) { schemes.append(entry.scheme) }
    }
    switch found.count {
    case 0: return .unknown
    case 1: return .module(modules[found[0]], schemes: schemes)
    default: return .ambiguous(found.map { modules[$0] })
    }
  }

  /// Why lists of modules known by their place cannot be read; nil when they can.
  ///
  /// A list has a meaning only when it is complete.
  package func incompleteList(_ stems: [String]) -> String? {
    for entry in entries where entry.isOrdered {
      let count = stems.count { $0.hasPrefix(entry.prefix) }
      if count > 0, count != entry.spellings.count {
        return "the list '\(entry.prefix)' has \(count) modules, and the model has "
          + "\(entry.spellings.count)"
      }
    }
    return nil
  }

  /// Every spelling of every module, with the scheme.
  package var all: [(alias: String, scheme: String, modules: [CanonicalModule])] {
    entries.flatMap { entry in
      entry.spellings.map { spelling, targets in
        (entry.prefix + spelling, entry.scheme, targets.map { modules[$0] })
      }
    }
  }

  /// The known spelling that is most like a stem, or nil when none is near.
  package func nearest(to stem: String) -> String? {
    var best: (distance: Int, alias: String)?
    let limit = max(2, stem.utf8.count / 4)
    for entry in entries where !entry.prefix.isEmpty && stem.hasPrefix(entry.prefix) {
      let rest = Array(stem.dropFirst(entry.prefix.count).utf8)
      for spelling in entry.spellings.keys {
        let alias = entry.prefix + spelling
        let distance = editDistance(rest, Array(spelling.utf8), limit: best?.distance ?? limit)
        guard let distance else { continue }
        if let best, (best.distance, best.alias) <= (distance, alias) { continue }
        best = (distance, alias)
      }
    }
    return best?.alias
  }

  private static func spellings(
    _ modules: [CanonicalModule], _ rule: NamingScheme.Rule, _ component: Architecture.Component,
    _ architecture: Architecture
  ) throws(FormatError) -> [String: [Int]] {
    let own = modules.indices.filter { modules[$0].component == component.name }
    var result: [String: [Int]] = [:]
    if let order = rule.order {
      let indexes = Dictionary(own.map { (modules[$0].path, $0) }) { first, _ in first }
      for (place, path) in order.modules(own.map { modules[$0].path }).enumerated() {
        result[String(place)] = indexes[path].map { [$0] }
      }
      return result
    }
    let map = architecture.places[rule.layout]?[component.name]?.first?.map
    let dimensions = try component.dimensions()
    for index in own {
      guard let path = try modules[index].path(in: map, dimensions),
        let spelling = rule.spell(path)
      else { continue }
      result[spelling, default: []].append(index)
    }
    return result
  }
}

extension CanonicalModule {
  /// The module's name in a layout, or nil when its weight is not a tensor of its own there.
  fileprivate func path(
    in map: KeyMap?, _ dimensions: Dimensions
  ) throws(FormatError) -> String? {
    let leaf = ".weight"
    guard let spelling = try map?.spelling(of: path + leaf, in: dimensions),
      spelling.name.hasSuffix(leaf)
    else { return nil }
    return String(spelling.name.dropLast(leaf.count))
  }
}
