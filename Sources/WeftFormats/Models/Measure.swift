import WeftTensors

/// How a dimension of a model is read from the shapes of its tensors.
enum Measure: Sendable {
  /// The size of an axis of the first tensor of a list that is there.
  case axis(Int, of: [Template])
  /// One more than the highest `n` for which the tensor is there.
  case count(Template)

  /// Reads a measure from its file.
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(value, file: file, keys: ["axis", "of", "count"])
    if let count = try object.optionalText("count") {
      self = .count(try Template(count, file: file))
      return
    }
    guard let axis = try object.optionalInteger("axis") else {
      throw object.failure("axis", "is missing")
    }
    var names: [Template] = []
    for name in try object.texts("of") { names.append(try Template(name, file: file)) }
    self = .axis(axis, of: names)
  }

  /// The value for the block `i`, or nil when no tensor tells.
  func value(
    block: Int, atMost limit: Int, shapeOf shape: (String) -> Shape?
  ) throws(FormatError) -> Int? {
    var scope = Scope(dimensions: [:], locals: [("i", block)])
    switch self {
    case .axis(let axis, let names):
      for name in names {
        guard let found = shape(try name.render(in: scope)), axis < found.rank else { continue }
        return found.dimensions[axis]
      }
    case .count(let name):
      for index in (0..<max(0, limit)).reversed() {
        scope.locals = [("i", block), ("n", index)]
        if shape(try name.render(in: scope)) != nil { return index + 1 }
      }
    }
    return nil
  }
}

extension Schema {
  /// The dimensions that the tensors of a file show; those that none shows are left out.
  ///
  /// The defaults tell how many blocks there are, and how many layers to look for.
  func measured(
    defaults: Dimensions, shapeOf shape: (String) -> Shape?
  ) throws(FormatError) -> Dimensions {
    var result: Dimensions = [:]
    for (name, measure) in measures {
      switch defaults[name] {
      case .list(let values):
        var measured = values
        for index in values.indices {
          measured[index] =
            try measure.value(block: index, atMost: values[index], shapeOf: shape)
            ?? values[index]
        }
        result[name] = .list(measured)
      case .integer(let value):
        if let found = try measure.value(block: 0, atMost: value, shapeOf: shape) {
          result[name] = .integer(found)
        }
      case nil: continue
      }
    }
    return result
  }
}
