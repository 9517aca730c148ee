import WeftTensors

/// How a layout spells the tensors of a component, as templates over the canonical names.
struct KeyMap: Sendable {
  /// A way to spell some names.
  struct Rule: Sendable {
    let from: NamePattern
    let to: Template
    let step: SliceStep
    /// Whether the spelling is only read, never written.
    let isReadOnly: Bool
  }

  /// A tensor that is written as a copy of another when it is absent.
  struct Copy: Sendable {
    let from: NamePattern
    let to: Template
    let reason: String
  }

  /// A tensor of the layout that is no weight of the model.
  struct Generated: Sendable {
    let name: String
    let shape: [Expression]
    /// The value of every element, or nil for the range 0, 1, 2, ...
    let fill: Double?
    let reason: String
  }

  /// A spelling of a tensor and what it takes to read it.
  struct Spelling: Sendable {
    let name: String
    let step: SliceStep
    /// The place of the rule in the file.
    let rule: Int
  }

  let id: String
  /// The tables that the rules name.
  let tables: [String: PartTable]
  let rules: [Rule]
  let copies: [Copy]
  let generated: [Generated]

  /// The spelling that is written, or nil when the map has none.
  func spelling(
    of path: String, in dimensions: Dimensions
  ) throws(FormatError) -> Spelling? {
    let parts = path.nameParts
    for (index, rule) in rules.enumerated() where !rule.isReadOnly {
      if let spelling = try spell(parts, by: rule, index, dimensions) { return spelling }
    }
    return nil
  }

  /// Every spelling that is read, the written one first.
  func readings(of path: String, in dimensions: Dimensions) throws(FormatError) -> [Spelling] {
    let parts = path.nameParts
    var written: Spelling?
    var others: [Spelling] = []
    for (index, rule) in rules.enumerated() where rule.isReadOnly || written == nil {
      guard let spelling = try spell(parts, by: rule, index, dimensions) else { continue }
      if rule.isReadOnly { others.append(spelling) } else { written = spelling }
    }
    return [written].compactMap { $0 } + others
  }

  /// The places of all rules that fit a name; more than one that is written would be a mistake.
  func fittingRules(_ path: String) -> [Int] {
    let parts = path.nameParts
    return rules.indices.filter { rules[$0].from.match(parts) != nil }
  }

  private func spell(
    _ parts: [Substring], by rule: Rule, _ index: Int, _ dimensions: Dimensions
  ) throws(FormatError) -> Spelling? {
    guard let captures = rule.from.match(parts) else { return nil }
    let scope = Scope(dimensions: dimensions, locals: captures.integers)
    let name = try rule.to.render(in: scope, texts: captures.texts)
    return Spelling(name: name, step: rule.step, rule: index)
  }
}

extension KeyMap {
  /// Reads a key map from its file; one that is like another has that one's tables and rules too.
  init(_ value: JSONValue, file: String, known: [String: KeyMap]) throws(FormatError) {
    let object = try FormatObject(
      value, file: file, keys: ["id", "like", "tables", "rules", "copies", "generated"])
    id = try object.text("id")
    let base = try object.like(in: known)
    let own = try Self.tables(object)
    let tables = (base?.tables ?? [:]).merging(own) { $1 }
    self.tables = tables
    var rules = base?.rules ?? []
    for row in try object.objects("rules", keys: ["from", "to", "step", "reads"]) {
      let step = try row.optionalText("step") ?? "identity"
      rules.append(
        Rule(
          from: try NamePattern(try row.text("from"), tables: tables, file: file),
          to: try Template(try row.text("to"), file: file),
          step: try SliceStep(step, file: file),
          isReadOnly: try row.optionalFlag("reads") ?? false))
    }
    self.rules = rules
    var copies = base?.copies ?? []
    for row in try object.objects("copies", keys: ["from", "to", "reason"]) {
      copies.append(
        Copy(
          from: try NamePattern(try row.text("from"), file: file),
          to: try Template(try row.text("to"), file: file), reason: try row.text("reason")))
    }
    self.copies = copies
    generated = (base?.generated ?? []) + (try Self.generated(object))
  }

  private static func tables(_ object: FormatObject) throws(FormatError) -> [String: PartTable] {
    var tables: [String: PartTable] = [:]
    for entry in try object.entries("tables") {
      for row in entry.value.members ?? [] {
        tables[entry.key, default: [:]][row.key] = row.value.text
      }
    }
    return tables
  }

  private static func generated(_ object: FormatObject) throws(FormatError) -> [Generated] {
    var generated: [Generated] = []
    let keys = ["name", "shape", "fill", "range", "reason"]
    for row in try object.objects("generated", keys: keys) {
      let isRange = try row.optionalFlag("range") ?? false
      guard isRange != (row["fill"]?.double != nil) else {
        throw row.failure("name", "needs either 'fill' or 'range'")
      }
      generated.append(
        Generated(
          name: try row.text("name"), shape: try row.optionalExpressions("shape") ?? [],
          fill: row["fill"]?.double, reason: try row.text("reason")))
    }
    return generated
  }
}
