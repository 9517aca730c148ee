import WeftTensors

/// A way to write an adapter: how modules and their tensors are named, the inverse of what naming schemes read.
package struct AdapterSpelling: Sendable {
  /// How the modules of a component are named.
  struct Rule: Sendable {
    let component: String
    /// A component that the architecture must have, too.
    let beside: String?
    let layout: String
    let prefix: String
    let separator: String
  }

  /// The name, such as `kohya`.
  package let id: String
  /// The name for people.
  package let title: String
  /// Whether the scale is written as an alpha; it is folded into the factors otherwise.
  package let hasAlpha: Bool
  private let rules: [Rule]
  private let suffixes: [String: String]

  /// Reads a way from its file.
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(
      value, file: file, keys: ["id", "title", "alpha", "rules", "suffixes"])
    id = try object.text("id")
    title = try object.text("title")
    hasAlpha = try object.optionalFlag("alpha") ?? false
    var rules: [Rule] = []
    for row in try object.objects("rules", keys: Self.ruleKeys) {
      rules.append(
        Rule(
          component: try row.text("component"), beside: try row.optionalText("beside"),
          layout: try row.optionalText("layout") ?? "diffusers", prefix: try row.text("prefix"),
          separator: try row.text("separator")))
    }
    self.rules = rules
    var suffixes: [String: String] = [:]
    for entry in try object.entries("suffixes") { suffixes[entry.key] = entry.value.text }
    self.suffixes = suffixes
  }

  private static let ruleKeys = ["component", "beside", "layout", "prefix", "separator"]

  /// What follows the stem of a module in the name of a tensor; nil for a role that cannot be written so.
  package func suffix(of role: String) -> String? { suffixes[role] }

  /// The stem of a module of an architecture, or nil when this way has no name for it.
  package func stem(
    of module: CanonicalModule, in architecture: Architecture
  ) throws(FormatError) -> String? {
    let rule = rules.first { rule in
      rule.component == module.component
        && rule.beside.map { architecture.component($0) != nil } ?? true
    }
    guard let rule, let component = architecture.component(module.component),
      let map = architecture.places[rule.layout]?[component.name]?.first?.map
    else { return nil }
    let leaf = ".weight"
    let spelling = try map.spelling(of: module.path + leaf, in: try component.dimensions())
    guard let spelling, spelling.name.hasSuffix(leaf) else { return nil }
    let path = spelling.name.dropLast(leaf.count)
    guard rule.separator != "." else { return rule.prefix + path }
    return rule.prefix
      + path.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }.joined(separator: rule.separator)
  }
}

extension FormatLibrary {
  /// The way of a name, or nil.
  package func spelling(_ id: String) -> AdapterSpelling? { spellings.first { $0.id == id } }
}
