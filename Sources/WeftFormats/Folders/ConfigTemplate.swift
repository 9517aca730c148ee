import WeftTensors

/// A JSON value of which some parts follow from the dimensions of a model.
///
/// A text that starts with `=` is an expression, an object with `for` and `each` is a list, and one with `when` is a
/// choice; everything else stands for itself.
indirect enum ConfigTemplate: Sendable {
  case constant(JSONValue)
  case expression(Expression)
  case array([ConfigTemplate])
  case object([Member])
  case repeated(Repetition)
  case choice(Choice)

  /// A key and its template; a member without a value is left out.
  struct Member: Sendable {
    let key: String
    let template: ConfigTemplate
  }

  /// A value for each of the integers from 0 on; a joined one is a single value when all are equal.
  struct Repetition: Sendable {
    let variable: String
    let count: Expression
    let each: ConfigTemplate
    let isJoined: Bool
  }

  /// One of two values; there may be no second one.
  struct Choice: Sendable {
    let condition: Expression
    let value: ConfigTemplate
    let otherwise: ConfigTemplate?
  }

  /// Whether an object of a data file is a list or a choice, not an object to be written.
  static func isForm(_ value: JSONValue) -> Bool { value["when"] != nil || value["for"] != nil }
}

extension ConfigTemplate {
  /// Reads a template; its depth is bounded by that of the file it comes from.
  init(_ value: JSONValue, file: String) throws(FormatError) {
    switch value {
    case .string(let text) where text.hasPrefix("="):
      self = .expression(try Expression(parsing: String(text.dropFirst()), file: file))
    case .array(let elements):
      var templates: [ConfigTemplate] = []
      for element in elements { templates.append(try ConfigTemplate(element, file: file)) }
      self = .array(templates)
    case .object where value["when"] != nil: self = .choice(try Choice(value, file: file))
    case .object where value["for"] != nil: self = .repeated(try Repetition(value, file: file))
    case .object(let members):
      var templates: [Member] = []
      for member in members {
        templates.append(
          Member(key: member.key, template: try ConfigTemplate(member.value, file: file)))
      }
      self = .object(templates)
    default: self = .constant(value)
    }
  }
}

extension ConfigTemplate.Repetition {
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(value, file: file, keys: ["for", "each", "joined"])
    let loops = try object.namedExpressions("for")
    guard let loop = loops.first, loops.count == 1, let each = object["each"] else {
      throw object.failure("for", "needs one variable, and 'each' beside it")
    }
    variable = loop.name
    count = loop.value
    self.each = try ConfigTemplate(each, file: file)
    isJoined = try object.optionalFlag("joined") ?? false
  }
}

extension ConfigTemplate.Choice {
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(value, file: file, keys: ["when", "then", "else"])
    guard let condition = try object.optionalExpression("when"), let then = object["then"] else {
      throw object.failure("when", "needs 'then' beside it")
    }
    self.condition = condition
    self.value = try ConfigTemplate(then, file: file)
    otherwise =
      if let other = object["else"] { try ConfigTemplate(other, file: file) } else { nil }
  }
}
