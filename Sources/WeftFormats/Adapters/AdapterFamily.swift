import WeftTensors

/// A kind of adapter module, known by the tensors that it consists of.
package struct AdapterFamily: Sendable {
  /// What a tensor of a role must be like.
  struct RankRule: Sendable {
    let role: String
    let rank: Int
    let isWanted: Bool
  }

  /// The parts of a ResAdapter, which comes as two files.
  struct Halves: Sendable {
    let lowRank: [Glob]
    let norms: [Glob]
  }

  /// The name, such as `lora`.
  package let id: String
  /// The name for people.
  package let title: String
  /// The architectures that its adapters are made for; any when empty.
  package let architectures: [String]
  /// The roles that a module must have.
  package let needs: [String]
  /// Roles of which a module must have at least one; no rule when empty.
  package let any: [String]
  /// The roles that a module may have.
  package let may: [String]
  /// The place among the families; a smaller one is more particular.
  let order: Int
  /// The ends of names by role.
  let suffixes: [(suffix: String, role: String)]
  let stems: [Glob]
  let rankRule: RankRule?
  let halves: Halves?

  /// Whether a module of the given roles and shapes is of the family.
  func fits(_ stem: String, _ shapes: [String: Shape]) -> Bool {
    guard needs.allSatisfy({ shapes[$0] != nil }) else { return false }
    guard any.isEmpty || any.contains(where: { shapes[$0] != nil }) else { return false }
    let known = needs + any + may
    guard shapes.keys.allSatisfy(known.contains) else { return false }
    guard stems.isEmpty || stems.contains(where: { $0.matches(stem) }) else { return false }
    guard let rule = rankRule, let shape = shapes[rule.role] else { return true }
    return (shape.rank == rule.rank) == rule.isWanted
  }
}

extension AdapterFamily {
  private static let keys = [
    "id", "title", "architectures", "needs", "any", "may", "order", "roles", "stems",
    "rank", "halves",
  ]

  /// Reads a family from its file.
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(value, file: file, keys: Self.keys)
    id = try object.text("id")
    title = try object.text("title")
    architectures = try object.texts("architectures")
    needs = try object.texts("needs")
    any = try object.texts("any")
    may = try object.texts("may")
    order = try object.optionalInteger("order") ?? 100
    stems = try object.texts("stems").map(Glob.init)
    var suffixes: [(suffix: String, role: String)] = []
    for role in try object.entries("roles") {
      for suffix in role.value.elements ?? [] { suffixes.append((suffix.text ?? "", role.key)) }
    }
    self.suffixes = suffixes
    if let rank = object["rank"] {
      rankRule = try RankRule(rank, file: file)
    } else {
      rankRule = nil
    }
    if let halves = object["halves"] {
      self.halves = try Halves(halves, file: file)
    } else {
      halves = nil
    }
  }
}

extension AdapterFamily.RankRule {
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(value, file: file, keys: ["role", "is", "unlike"])
    role = try object.text("role")
    let wanted = try object.optionalInteger("is")
    let unwanted = try object.optionalInteger("unlike")
    guard let rank = wanted ?? unwanted else {
      throw object.failure("role", "needs 'is' or 'unlike'")
    }
    self.rank = rank
    isWanted = wanted != nil
  }
}

extension AdapterFamily.Halves {
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(value, file: file, keys: ["low_rank", "norms"])
    lowRank = try object.texts("low_rank").map(Glob.init)
    norms = try object.texts("norms").map(Glob.init)
  }
}
