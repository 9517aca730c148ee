import WeftTensors

/// A tensor that a network takes: what it is called, and which shapes it may have.
package struct InputRequirement: Sendable {
  /// What a dimension may be.
  package enum Axis: Sendable, Hashable {
    /// The number of pictures or texts, the same for all inputs.
    case batch
    /// The same number, or 1 for all of them.
    case batchOrOne
    /// A number that the weights tell.
    case size(Int)
    /// Any number from 1 up, under the letter that the documentation has.
    case free(String)
  }

  /// What is asked of an input's presence.
  package enum Presence: Sendable, Hashable {
    /// It must be there.
    case required
    /// It may be left out.
    case optional
    /// `NAME.0`, `NAME.1` and so on, none or more without gaps.
    case series
  }

  /// The name; that of a series without the number.
  package let name: String
  /// The dimensions, outermost first.
  package let axes: [Axis]
  /// Whether it may be left out.
  package let presence: Presence
  /// Whether only integers make sense.
  package let isInteger: Bool

  /// Describes an input.
  package init(
    _ name: String, _ axes: [Axis], _ presence: Presence = .required, isInteger: Bool = false
  ) {
    self.name = name
    self.axes = axes
    self.presence = presence
    self.isInteger = isInteger
  }

  /// The name and the dimensions for people, such as `sample [N, 4, H, W]`.
  package var description: String {
    let dimensions = axes.map { axis in
      switch axis {
      case .batch: "N"
      case .batchOrOne: "N or 1"
      case .size(let size): String(size)
      case .free(let letter): letter
      }
    }
    let title = presence == .series ? "\(name).{i}" : name
    return "\(title) [\(dimensions.joined(separator: ", "))]"
  }

  /// Whether a shape has as many dimensions as it must and the sizes that the weights tell.
  func accepts(_ shape: Shape) -> Bool {
    guard shape.rank == axes.count else { return false }
    return zip(shape.dimensions, axes).allSatisfy { size, axis in
      if case .size(let wanted) = axis { size == wanted } else { size > 0 }
    }
  }
}
