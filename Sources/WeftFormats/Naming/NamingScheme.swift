import WeftTensors

/// A way in which adapter files spell the modules of a model.
package struct NamingScheme: Sendable {
  /// The end of a module's name that the scheme spells otherwise.
  struct Ending: Sendable, Hashable {
    let from: String
    let to: String
  }

  /// A list in which modules are known by their place.
  struct Order: Sendable {
    let blocks: [String]
    let container: String
    let parts: [String]
  }

  /// How the scheme spells the modules of one component.
  struct Rule: Sendable {
    /// The component; of several, the first that the architecture has.
    let components: [String]
    let prefix: String
    let layout: String
    let separator: String
    let endings: [Ending]
    /// A part at the start of the path that the scheme leaves out.
    let drop: String
    let order: Order?
  }

  /// The name of the scheme, such as `kohya`.
  package let id: String
  /// A stem as the scheme spells it.
  package let example: String
  /// The metadata value that marks a tensor as a token's embedding, or nil.
  let embeddings: String?
  let rules: [Rule]

  /// Reads a scheme from its file.
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(
      value, file: file, keys: ["id", "example", "embeddings", "rules"])
    id = try object.text("id")
    example = try object.text("example")
    embeddings = try object.optionalText("embeddings")
    var rules: [Rule] = []
    for element in try object.elements("rules") {
      rules.append(try Rule(element, file: file))
    }
    self.rules = rules
  }

  /// Whether a stem starts as the scheme's do; a scheme without a prefix takes what no other takes.
  func mayHave(_ stem: String) -> Bool {
    rules.contains { !$0.prefix.isEmpty && stem.hasPrefix($0.prefix) }
  }
}

extension NamingScheme.Rule {
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(
      value, file: file,
      keys: ["components", "prefix", "layout", "separator", "endings", "drop", "order"])
    components = try object.texts("components")
    prefix = try object.text("prefix")
    layout = try object.optionalText("layout") ?? "diffusers"
    separator = try object.optionalText("separator") ?? "."
    drop = try object.optionalText("drop") ?? ""
    var endings: [NamingScheme.Ending] = []
    for row in try object.objects("endings", keys: ["from", "to"]) {
      endings.append(NamingScheme.Ending(from: try row.text("from"), to: try row.text("to")))
    }
    self.endings = endings
    if let order = object["order"] {
      let row = try FormatObject(order, file: file, keys: ["blocks", "container", "parts"])
      self.order = NamingScheme.Order(
        blocks: try row.texts("blocks"), container: try row.text("container"),
        parts: try row.texts("parts"))
    } else {
      order = nil
    }
  }

  /// The scheme's spelling of a path, without the prefix; nil when the scheme does not spell it.
  func spell(_ path: String) -> String? {
    var path = path
    if !drop.isEmpty {
      guard path.hasPrefix(drop) else { return nil }
      path.removeFirst(drop.count)
    }
    if !endings.isEmpty {
      guard let ending = endings.first(where: { path.hasSuffix($0.from) }) else { return nil }
      path = path.dropLast(ending.from.count) + ending.to
    }
    guard separator != "." else { return path }
    return path.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }.joined(separator: separator)
  }
}

extension NamingScheme.Order {
  /// The modules in the order of the list, for paths in the order of the model.
  func modules(_ paths: [String]) -> [String] {
    var containers: [String] = []
    var seen: Set<String> = []
    for block in blocks {
      for path in paths where path.hasPrefix(block) {
        let parts = path.nameParts
        guard let at = parts.firstIndex(where: { $0 == container }), at + 1 < parts.count else {
          continue
        }
        let name = parts[...(at + 1)].joined(separator: ".")
        if seen.insert(name).inserted { containers.append(name) }
      }
    }
    let known = Set(paths)
    return containers.flatMap { name in parts.map { "\(name).\($0)" } }.filter(known.contains)
  }
}
