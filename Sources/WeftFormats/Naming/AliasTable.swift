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
    var paths = LayoutPaths(modules: modules, architecture: architecture)
    for scheme in library.schemes {
      for rule in scheme.rules {
        let component = rule.components.lazy.compactMap { architecture.component($0) }.first
        guard let component else { continue }
        let spellings = Self.spellings(try paths.of(component, in: rule.layout), rule)
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
    _ paths: [LayoutPaths.Path], _ rule: NamingScheme.Rule
  ) -> [String: [Int]] {
    var result: [String: [Int]] = [:]
    if let order = rule.order {
      let indexes = Dictionary(paths.map { ($0.path, $0.module) }) { first, _ in first }
      for (place, path) in order.modules(paths.map(\.path)).enumerated() {
        result[String(place)] = indexes[path].map { [$0] }
      }
      return result
    }
    result.reserveCapacity(paths.count)
    for (path, module) in paths {
      guard let spelling = rule.spell(path) else { continue }
      result[spelling, default: []].append(module)
    }
    return result
  }
}

/// The names of a model's modules in each layout, worked out once for all schemes.
private struct LayoutPaths {
  typealias Path = (path: String, module: Int)

  let modules: [CanonicalModule]
  let architecture: Architecture
  private var known: [String: [Path]] = [:]

  init(modules: [CanonicalModule], architecture: Architecture) {
    self.modules = modules
    self.architecture = architecture
  }

  /// The modules of a component whose weights are tensors of their own in the layout.
  mutating func of(
    _ component: Architecture.Component, in layout: String
  ) throws(FormatError) -> [Path] {
    let key = "\(component.name) \(layout)"
    if let paths = known[key] { return paths }
    let map = architecture.places[layout]?[component.name]?.first?.map
    let dimensions = try component.dimensions()
    let leaf = ".weight"
    var paths: [Path] = []
    for (index, module) in modules.enumerated() where module.component == component.name {
      guard let spelling = try map?.spelling(of: module.path + leaf, in: dimensions),
        spelling.name.hasSuffix(leaf)
      else { continue }
      paths.append((String(spelling.name.utf8.dropLast(leaf.utf8.count)) ?? "", index))
    }
    known[key] = paths
    return paths
  }
}
