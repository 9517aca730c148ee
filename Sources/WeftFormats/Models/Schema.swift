import WeftTensors

/// The tensors of a kind of component as templates over its dimensions.
package struct Schema: Sendable {
  /// A line of a schema: a module, or a group of lines, repeated over loops.
  struct Row: Sendable {
    let at: Template
    let loops: [(name: String, count: Expression)]
    let bindings: [(name: String, value: Expression)]
    let condition: Expression?
    let group: String?
    let weight: [Expression]?
    let bias: [Expression]?
    /// The shape of a tensor that is no module's weight, but has the path for its name.
    let parameter: [Expression]?
    let isOptional: Bool
  }

  /// The name of the schema, such as `unet`.
  package let id: String
  /// Tensors by any of which the component is noticed in a file.
  package let anchors: [String]
  let measures: [(dimension: String, measure: Measure)]
  let remarks: [Remark]
  let groups: [String: [Row]]
  let rows: [Row]
}

extension Schema {
  /// Reads a schema from its file; one that is like another has that one's tensors, measures and groups too.
  init(_ value: JSONValue, file: String, known: [String: Schema]) throws(FormatError) {
    let object = try FormatObject(
      value, file: file,
      keys: ["id", "like", "anchors", "measures", "remarks", "groups", "tensors"])
    id = try object.text("id")
    let base = try object.like(in: known)
    anchors = try object.texts("anchors")
    rows = (base?.rows ?? []) + (try Self.rows(try object.elements("tensors"), file: file))
    var groups = base?.groups ?? [:]
    for group in try object.entries("groups") {
      groups[group.key] = try Self.rows(group.value.elements ?? [], file: file)
    }
    self.groups = groups
    var measures = base?.measures ?? []
    for entry in try object.entries("measures") {
      measures.append((entry.key, try Measure(entry.value, file: file)))
    }
    self.measures = measures
    var remarks: [Remark] = []
    for element in try object.elements("remarks") {
      remarks.append(try Remark(element, file: file))
    }
    self.remarks = remarks
  }

  private static func rows(
    _ elements: [JSONValue], file: String
  ) throws(FormatError) -> [Row] {
    var rows: [Row] = []
    for element in elements { rows.append(try Row(element, file: file)) }
    return rows
  }
}

extension Schema.Row {
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(
      value, file: file,
      keys: ["at", "for", "with", "when", "group", "weight", "bias", "parameter", "optional"])
    at = try Template(try object.text("at"), file: file)
    loops = try object.namedExpressions("for").map { ($0.name, $0.value) }
    bindings = try object.namedExpressions("with")
    condition = try object.optionalExpression("when")
    group = try object.optionalText("group")
    weight = try object.optionalExpressions("weight")
    bias = try object.optionalExpressions("bias")
    parameter = try object.optionalExpressions("parameter")
    isOptional = try object.optionalFlag("optional") ?? false
  }
}

extension FormatObject {
  /// What the object is like, or nil when it is like nothing.
  func like<Base>(in known: [String: Base]) throws(FormatError) -> Base? {
    guard let id = try optionalText("like") else { return nil }
    guard let base = known[id] else { throw failure("like", "names '\(id)', which is not known") }
    return base
  }

  /// The expressions of an object in a key, in order, with their names.
  func namedExpressions(
    _ key: String
  ) throws(FormatError) -> [(name: String, value: Expression)] {
    var expressions: [(name: String, value: Expression)] = []
    for entry in try entries(key) {
      expressions.append((entry.key, try Expression(entry.value, file: file)))
    }
    return expressions
  }
}
