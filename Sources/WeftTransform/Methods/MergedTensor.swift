package import WeftFormats
package import WeftTensors

/// The values that a merge makes one canonical tensor of.
package struct MergedTensor: Sendable {
  /// The tensor as one of the models has it.
  package struct Input: Sendable {
    /// The values, as a matrix; a vector is one row.
    package let value: ComputedValue
    /// The canonical shape.
    package let shape: Shape
    /// The options that this model has for itself, such as `weight` and `density`.
    package let options: MergeOptions
    /// The model's path or the step's name, for messages.
    package let origin: String

    /// Describes an input.
    package init(
      _ value: ComputedValue, shape: Shape, options: MergeOptions = MergeOptions(),
      origin: String
    ) {
      self.value = value
      self.shape = shape
      self.options = options
      self.origin = origin
    }
  }

  /// The tensor's name; random methods start from it.
  package let name: CanonicalName
  /// The models in the method's order: A, B, C.
  package let models: [Input]
  /// The model that differences are measured from, for methods that need one.
  package let base: Input?
  /// The method's options for this tensor.
  package let options: MergeOptions

  /// Describes a tensor to merge; there is at least one model.
  package init(
    name: CanonicalName, models: [Input], base: Input? = nil,
    options: MergeOptions = MergeOptions()
  ) {
    precondition(!models.isEmpty)
    self.name = name
    self.models = models
    self.base = base
    self.options = options
  }

  /// The first model's values.
  package var first: Input { models[0] }

  /// The shape of the result, which is the first model's.
  package var shape: Shape { first.shape }

  /// The base.
  ///
  /// - Throws: `TransformError` (exit code 2) when there is none.
  package func requiredBase() throws -> Input {
    guard let base else {
      throw TransformError.refused(
        "this merge measures differences from a base, and there is none", at: name.path,
        advice: "name the base model")
    }
    return base
  }

  /// The models' options of a name, in order.
  func numbers(_ name: String, in range: ClosedRange<Double>) throws -> [Double] {
    try models.map { try $0.options.number(name, in: range) }
  }

  /// The models' weights, in order.
  func weights() throws -> [Double] {
    try models.map { try $0.options.number("weight") }
  }
}
