package import WeftTensors

/// How small a model can be at which error, and the place on that line that a search chose.
package struct SizeFrontier: Sendable, Equatable {
  /// A size and an error.
  package struct Point: Sendable, Hashable {
    /// The size of the output, in bytes.
    package let byteCount: Int
    /// The error of all tensors that can be quantised together, relative to their values.
    package let error: Double

    /// Makes a point.
    package init(byteCount: Int, error: Double) {
      self.byteCount = byteCount
      self.error = error
    }
  }

  /// The type that a tensor gets.
  package struct Tensor: Sendable, Equatable {
    /// The tensor's name in the output.
    package let name: String
    /// The name of the type, or `keep`.
    package let type: String
    /// The size in the output, in bytes.
    package let byteCount: Int
    /// The error relative to the tensor's values.
    package let error: Double
  }

  /// The best that can be had, from the smallest size to the smallest error.
  ///
  /// Each point is one tensor's next type away from the one before. Sizes are exact but for a few bytes of the header, which
  /// names the types.
  package let points: [Point]
  /// What was chosen; the size is the output's own.
  package let chosen: Point
  /// What no choice of types within the bound is better than: the smallest error, or the smallest size.
  package let lowerBound: LowerBound
  /// The types of the tensors that could be quantised.
  package let tensors: [Tensor]

  /// A bound of the answers that there are.
  package enum LowerBound: Sendable, Hashable {
    /// The error is not below.
    case error(Double)
    /// The size is not below, in bytes.
    case byteCount(Int)
  }
}

extension SizeFrontier {
  /// Some of the points, evenly spaced by size, with the first and the last.
  package func shown(_ count: Int) -> [Point] {
    guard let first = points.first, let last = points.last, points.count > count, count > 1 else {
      return points
    }
    let span = Double(last.byteCount - first.byteCount)
    var shown: [Point] = []
    var index = 0
    for step in 0..<count {
      let size = Double(first.byteCount) + span * Double(step) / Double(count - 1)
      while index + 1 < points.count, Double(points[index + 1].byteCount) <= size { index += 1 }
      if shown.last != points[index] { shown.append(points[index]) }
    }
    return shown
  }

  /// How many tensors have each type, the most frequent first.
  package var typeCounts: [(type: String, count: Int)] {
    Dictionary(grouping: tensors, by: \.type).map { (type: $0.key, count: $0.value.count) }
      .sorted { ($1.count, $0.type) < ($0.count, $1.type) }
  }

  /// All of it as JSON.
  package var json: JSONValue {
    .object([
      "chosen": Self.value(chosen),
      "lower_bound": boundValue,
      "points": .array(points.map(Self.value)),
      "tensors": .array(
        tensors.map {
          .object([
            "name": .string($0.name), "type": .string($0.type), "bytes": .integer($0.byteCount),
            "error": .number($0.error),
          ])
        }),
    ])
  }

  private var boundValue: JSONValue {
    switch lowerBound {
    case .error(let error): .object(["error": .number(error)])
    case .byteCount(let count): .object(["bytes": .integer(count)])
    }
  }

  private static func value(_ point: Point) -> JSONValue {
    .object(["bytes": .integer(point.byteCount), "error": .number(point.error)])
  }
}
