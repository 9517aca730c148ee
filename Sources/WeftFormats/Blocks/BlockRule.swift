import WeftTensors

/// How the name of a tensor tells the block that it belongs to, as block weights count blocks.
struct BlockRule: Sendable {
  let component: String
  /// The name in the layout `ldm`, without the component's prefix.
  let from: NamePattern
  /// The letters of the block, such as `IN`.
  let letters: String
  let number: Expression

  /// The block of a tensor, such as `IN04`; nil when the rule does not fit.
  func block(of name: String, in dimensions: Dimensions) throws(FormatError) -> String? {
    guard let captures = from.match(name.nameParts) else { return nil }
    let scope = Scope(dimensions: dimensions, locals: captures.integers)
    let digits = String(try number.evaluate(in: scope))
    return letters + (digits.utf8.count < 2 ? "0" + digits : digits)
  }
}

extension BlockRule {
  /// Reads a rule from its file.
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(
      value, file: file, keys: ["component", "from", "block", "number"])
    component = try object.text("component")
    from = try NamePattern(try object.text("from"), file: file)
    letters = try object.text("block")
    guard let number = try object.optionalExpression("number") else {
      throw object.failure("number", "is missing")
    }
    self.number = number
  }
}
