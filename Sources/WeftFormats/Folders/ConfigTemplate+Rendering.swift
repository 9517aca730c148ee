import WeftTensors

extension ConfigTemplate {
  /// The longest list that a template may ask for.
  private static let maximumCount = 4096

  /// The value for the given dimensions, or nil when the template has none for them.
  func rendered(in scope: Scope) throws(FormatError) -> JSONValue? {
    switch self {
    case .constant(let value): return value
    case .expression(let expression): return try Self.value(of: expression, in: scope)
    case .array(let templates):
      var elements: [JSONValue] = []
      for template in templates { try elements.append(template, in: scope) }
      return .array(elements)
    case .object(let templates):
      var members: [JSONValue.Member] = []
      for member in templates {
        guard let value = try member.template.rendered(in: scope) else { continue }
        members.append(JSONValue.Member(member.key, value))
      }
      return .object(members)
    case .repeated(let repetition): return try repetition.rendered(in: scope)
    case .choice(let choice):
      let holds = try choice.condition.evaluate(in: scope) != 0
      return try (holds ? choice.value : choice.otherwise)?.rendered(in: scope)
    }
  }

  /// An expression that only names a list stands for the whole list.
  private static func value(
    of expression: Expression, in scope: Scope
  ) throws(FormatError) -> JSONValue {
    if case .variable(let name) = expression, let values = scope.list(name) {
      return .array(values.map(JSONValue.integer))
    }
    return .integer(try expression.evaluate(in: scope))
  }

  fileprivate static func check(_ count: Int, _ variable: String) throws(FormatError) {
    guard count <= maximumCount else {
      throw .arithmetic(expression: variable, what: "counts to \(count), past \(maximumCount)")
    }
  }
}

extension ConfigTemplate.Repetition {
  fileprivate func rendered(in scope: Scope) throws(FormatError) -> JSONValue {
    let count = max(0, try count.evaluate(in: scope))
    try ConfigTemplate.check(count, variable)
    var inner = scope
    var elements: [JSONValue] = []
    for index in 0..<count {
      inner.locals = scope.locals + [(variable, index)]
      try elements.append(each, in: inner)
    }
    if isJoined, let first = elements.first, elements.allSatisfy({ $0 == first }) { return first }
    return .array(elements)
  }
}

extension [JSONValue] {
  fileprivate mutating func append(
    _ template: ConfigTemplate, in scope: Scope
  ) throws(FormatError) {
    if let value = try template.rendered(in: scope) { append(value) }
  }
}
