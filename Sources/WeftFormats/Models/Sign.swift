import WeftTensors

/// A fact about a tensor by which an architecture is known.
struct Sign: Sendable {
  /// What is asked of the tensor.
  enum Fact: Sendable, Equatable {
    case present(Bool)
    case rank(Int)
    case axis(Int, equals: Int)
  }

  /// The canonical path of the tensor.
  let tensor: String
  let fact: Fact
  /// What the fact counts for; nil when the architecture cannot be without it.
  let points: Int?
  let says: String?

  /// Reads a sign from its file.
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(
      value, file: file,
      keys: ["tensor", "present", "rank", "axis", "equals", "points", "says"])
    tensor = try object.text("tensor")
    points = try object.optionalInteger("points")
    says = try object.optionalText("says")
    if let isPresent = try object.optionalFlag("present") {
      fact = .present(isPresent)
    } else if let rank = try object.optionalInteger("rank") {
      fact = .rank(rank)
    } else if let axis = try object.optionalInteger("axis"),
      let size = try object.optionalInteger("equals")
    {
      fact = .axis(axis, equals: size)
    } else {
      throw object.failure("tensor", "has no fact: give 'present', 'rank', or 'axis' and 'equals'")
    }
  }

  /// Whether the fact holds for the shape of the tensor; nil stands for an absent one.
  func holds(for shape: Shape?) -> Bool {
    guard let shape else { return fact == .present(false) }
    switch fact {
    case .present(let wanted): return wanted
    case .rank(let rank): return shape.rank == rank
    case .axis(let axis, let size): return axis < shape.rank && shape.dimensions[axis] == size
    }
  }
}
