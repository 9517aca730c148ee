import WeftTensors

/// Integer arithmetic over the dimensions of a model, such as `channels[max(0, b - 1)]`.
///
/// Comparisons give 1 or 0. There is nothing else: no loops, no texts, no fractions.
indirect enum Expression: Sendable {
  case integer(Int)
  case variable(String)
  case element(String, Expression)
  case count(String)
  case operation(Operator, Expression, Expression)

  /// The operators, weakest first in `precedence`.
  enum Operator: String, Sendable {
    case equal = "=="
    case unequal = "!="
    case greater = ">"
    case less = "<"
    case plus = "+"
    case minus = "-"
    case times = "*"
    case over = "/"
    case max
    case min

    /// The strength with which the operator binds; nil for those written as functions.
    var precedence: Int? {
      switch self {
      case .equal, .unequal, .greater, .less: 1
      case .plus, .minus: 2
      case .times, .over: 3
      case .max, .min: nil
      }
    }
  }

  /// Reads an expression that a file holds as a text or an integer.
  init(_ value: JSONValue, file: String) throws(FormatError) {
    if let integer = value.integer {
      self = .integer(integer)
    } else if let text = value.text {
      self = try Expression(parsing: text, file: file)
    } else {
      throw .malformed(file: file, what: "an expression must be a text or an integer")
    }
  }

  /// The value, or an error that names what is not known or does not fit.
  func evaluate(in scope: borrowing Scope) throws(FormatError) -> Int {
    switch self {
    case .integer(let value): return value
    case .variable(let name):
      guard let value = scope.integer(name) else { throw undefined(name) }
      return value
    case .element(let name, let index):
      guard let values = scope.list(name) else { throw undefined(name) }
      let position = try index.evaluate(in: scope)
      guard values.indices.contains(position) else {
        throw .arithmetic(expression: name, what: "has no element \(position)")
      }
      return values[position]
    case .count(let name):
      guard let values = scope.list(name) else { throw undefined(name) }
      return values.count
    case .operation(let symbol, let left, let right):
      return try Self.apply(symbol, left.evaluate(in: scope), right.evaluate(in: scope))
    }
  }

  private func undefined(_ name: String) -> FormatError {
    .arithmetic(expression: name, what: "is not a dimension here")
  }

  private static func apply(
    _ symbol: Operator, _ left: Int, _ right: Int
  ) throws(FormatError) -> Int {
    guard symbol != .over || right != 0 else {
      throw .arithmetic(expression: "\(left) / \(right)", what: "has no value")
    }
    let (value, overflow) =
      switch symbol {
      case .equal: (left == right ? 1 : 0, false)
      case .unequal: (left != right ? 1 : 0, false)
      case .greater: (left > right ? 1 : 0, false)
      case .less: (left < right ? 1 : 0, false)
      case .max: (Swift.max(left, right), false)
      case .min: (Swift.min(left, right), false)
      case .plus: left.addingReportingOverflow(right)
      case .minus: left.subtractingReportingOverflow(right)
      case .times: left.multipliedReportingOverflow(by: right)
      case .over: left.dividedReportingOverflow(by: right)
      }
    guard !overflow else {
      throw .arithmetic(expression: "\(left) \(symbol.rawValue) \(right)", what: "overflows")
    }
    return value
  }
}
