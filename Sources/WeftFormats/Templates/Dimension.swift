/// A number of an architecture, such as the width of an encoder, or one for each of its blocks.
package enum Dimension: Sendable, Hashable {
  case integer(Int)
  case list([Int])
}

/// The numbers of a component by name, such as `channels` and `context`.
package typealias Dimensions = [String: Dimension]

/// What the names in an expression stand for.
struct Scope {
  let dimensions: Dimensions
  /// The loop variables and captures; later ones hide earlier ones.
  var locals: [(name: String, value: Int)] = []

  /// The integer that a name stands for, or nil.
  func integer(_ name: String) -> Int? {
    if let local = locals.last(where: { $0.name == name }) { return local.value }
    guard case .integer(let value) = dimensions[name] else { return nil }
    return value
  }

  /// The list that a name stands for, or nil.
  func list(_ name: String) -> [Int]? {
    guard case .list(let values) = dimensions[name] else { return nil }
    return values
  }
}
