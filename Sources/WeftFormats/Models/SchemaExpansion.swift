import WeftTensors

extension Schema {
  /// Every tensor of a component with the given dimensions, in the order of the schema.
  func expanded(
    component: String, dimensions: Dimensions
  ) throws(FormatError) -> [SchemaTensor] {
    var expansion = SchemaExpansion(schema: self, component: component)
    try expansion.add(rows, below: "", in: Scope(dimensions: dimensions), depth: 0)
    return expansion.tensors
  }
}

/// The work of turning the templates of a schema into tensors.
private struct SchemaExpansion {
  /// The deepest nesting of groups.
  static let maximumDepth = 8
  /// The most tensors of a component; a data file cannot ask for more.
  static let maximumCount = 200_000

  let schema: Schema
  let component: String
  var tensors: [SchemaTensor] = []

  mutating func add(
    _ rows: [Schema.Row], below prefix: String, in scope: Scope, depth: Int
  ) throws(FormatError) {
    guard depth <= Self.maximumDepth else {
      throw .arithmetic(expression: schema.id, what: "has groups within groups without an end")
    }
    for row in rows { try add(row, below: prefix, in: scope, loop: 0, depth: depth) }
  }

  private mutating func add(
    _ row: Schema.Row, below prefix: String, in scope: Scope, loop: Int, depth: Int
  ) throws(FormatError) {
    guard loop == row.loops.count else {
      let (name, count) = row.loops[loop]
      var inner = scope
      inner.locals.append((name, 0))
      for index in 0..<max(0, try count.evaluate(in: scope)) {
        inner.locals[inner.locals.count - 1].value = index
        try add(row, below: prefix, in: inner, loop: loop + 1, depth: depth)
      }
      return
    }
    var inner = scope
    for (name, value) in row.bindings {
      inner.locals.append((name, try value.evaluate(in: inner)))
    }
    if let condition = row.condition, try condition.evaluate(in: inner) == 0 { return }
    let path = prefix + (try row.at.render(in: inner))
    if let group = row.group {
      let rows = schema.groups[group] ?? []
      try add(rows, below: path + ".", in: inner, depth: depth + 1)
    }
    try append(path + ".weight", row.weight, row, inner)
    try append(path + ".bias", row.bias, row, inner)
    try append(path, row.parameter, row, inner)
  }

  private mutating func append(
    _ path: String, _ dimensions: [Expression]?, _ row: Schema.Row, _ scope: Scope
  ) throws(FormatError) {
    guard let dimensions else { return }
    guard tensors.count < Self.maximumCount else {
      throw .arithmetic(expression: schema.id, what: "has more than \(Self.maximumCount) tensors")
    }
    var shape: [Int] = []
    for dimension in dimensions { shape.append(try dimension.evaluate(in: scope)) }
    tensors.append(
      SchemaTensor(
        name: CanonicalName(component: component, path: path), shape: Shape(shape),
        isOptional: row.isOptional))
  }
}
