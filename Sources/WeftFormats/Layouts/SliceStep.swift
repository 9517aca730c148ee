package import WeftTensors

/// What turns a tensor of a layout into a canonical one; writing does the reverse.
package enum SliceStep: Sendable, Hashable, CustomStringConvertible {
  /// The tensors are the same.
  case identity
  /// The layout has two more dimensions of one element at the end.
  case squeeze1x1
  /// The layout lacks two dimensions of one element at the end.
  case expand1x1
  /// The layout has the transposed matrix.
  case transpose
  /// The canonical tensor is one of several equal parts of the rows.
  case rows(part: Int, of: Int)

  /// The step as data and plans spell it, such as `rows 0/3`.
  package var description: String {
    switch self {
    case .identity: "identity"
    case .squeeze1x1: "squeeze1x1"
    case .expand1x1: "expand1x1"
    case .transpose: "transpose"
    case .rows(let part, let count): "rows \(part)/\(count)"
    }
  }

  /// Reads a step from a file.
  init(_ text: String, file: String) throws(FormatError) {
    let simple: [SliceStep] = [.identity, .squeeze1x1, .expand1x1, .transpose]
    if let step = simple.first(where: { $0.description == text }) {
      self = step
      return
    }
    let numbers = text.dropFirst("rows ".count).split(separator: "/").compactMap { Int($0) }
    guard text.hasPrefix("rows "), numbers.count == 2, (0..<numbers[1]).contains(numbers[0]) else {
      throw .malformed(file: file, what: "there is no step '\(text)'")
    }
    self = .rows(part: numbers[0], of: numbers[1])
  }

  /// The shape of the canonical tensor that the step takes from a tensor of the layout; nil when it cannot.
  package func canonicalShape(of shape: Shape) -> Shape? {
    let dimensions = shape.dimensions
    switch self {
    case .identity: return shape
    case .squeeze1x1:
      guard dimensions.count > 2, dimensions.suffix(2) == [1, 1] else { return nil }
      return Shape(Array(dimensions.dropLast(2)))
    case .expand1x1: return Shape(dimensions + [1, 1])
    case .transpose: return dimensions.count == 2 ? Shape(dimensions.reversed()) : nil
    case .rows(_, let count):
      guard let rows = dimensions.first, rows % count == 0 else { return nil }
      return Shape([rows / count] + dimensions.dropFirst())
    }
  }

  /// The shape in the layout of a canonical tensor, or of all equal parts together; nil when it cannot be.
  package func layoutShape(of shape: Shape) -> Shape? {
    let dimensions = shape.dimensions
    switch self {
    case .identity: return shape
    case .squeeze1x1: return Shape(dimensions + [1, 1])
    case .expand1x1: return SliceStep.squeeze1x1.canonicalShape(of: shape)
    case .transpose: return dimensions.count == 2 ? Shape(dimensions.reversed()) : nil
    case .rows(_, let count):
      guard let rows = dimensions.first else { return nil }
      let (all, overflow) = rows.multipliedReportingOverflow(by: count)
      return overflow ? nil : Shape([all] + dimensions.dropFirst())
    }
  }

  /// The step for a shape that is seen, where dimensions of one element may come and go.
  func adapted(from shape: Shape, toRank rank: Int) -> SliceStep {
    guard self == .identity || self == .squeeze1x1 else { return self }
    if shape.rank == rank + 2, shape.dimensions.suffix(2) == [1, 1] { return .squeeze1x1 }
    return shape.rank == 2 && rank == 4 ? .expand1x1 : .identity
  }
}

/// A canonical tensor as a part of a tensor of a file.
package struct CanonicalSlice: Sendable, Hashable {
  /// The name.
  package let name: CanonicalName
  /// The shape of the canonical tensor.
  package let shape: Shape
  /// What turns the file's tensor into the canonical one.
  package let step: SliceStep

  /// Makes a part.
  package init(name: CanonicalName, shape: Shape, step: SliceStep) {
    self.name = name
    self.shape = shape
    self.step = step
  }
}
