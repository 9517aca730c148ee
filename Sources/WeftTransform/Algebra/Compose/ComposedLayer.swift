package import WeftTensors

/// How the change of one tensor is written, for reports.
package struct ComposedLayer: Sendable {
  /// The ways to write a change.
  package enum Form: String, Sendable {
    /// Two factors.
    case lowRank = "lora"
    /// The whole difference.
    case difference = "diff"
    /// A difference of a norm.
    case norm
    /// A value that takes the tensor's place.
    case replacement = "set"
    /// Nothing, because the tensor does not change.
    case equal
  }

  /// The tensor of the model, or the module of an adapter.
  package let name: String
  /// The dimensions of the tensor.
  package let shape: Shape
  /// How the change is written.
  package let form: Form
  /// The rank of the factors; nil without any.
  package var rank: Int?
  /// The part of the sum of squares that the factors keep; nil where nothing was cut.
  package var capturedEnergy: Double?
  /// The sum of the squares of the change; nil where it was not measured.
  package var totalEnergy: Double?
  /// How the factors were found; nil without any decomposition.
  package var method: FactoringMethod?
}

extension ComposedLayer {
  /// The layer as reports have it.
  package var json: JSONValue {
    .object([
      "tensor": .string(name),
      "shape": .array(shape.dimensions.map { .integer($0) }),
      "form": .string(form.rawValue),
      "rank": rank.map { .integer($0) },
      "captured_energy": capturedEnergy.map { .number($0) },
      "squared_norm": totalEnergy.map { .number($0) },
      "method": method.map { .string($0.rawValue) },
    ])
  }
}
