import WeftTensors

/// A family of models that share one structure, such as Stable Diffusion 1.x.
package struct Architecture: Sendable {
  /// A network of a model.
  package struct Component: Sendable {
    /// The name, such as `unet`.
    package let name: String
    /// The templates of its tensors.
    package let schema: Schema
    /// The numbers that the architecture states.
    let stated: [(name: String, dimension: StatedDimension)]
    /// The paths of tensors that a complete model may lack.
    let optional: Set<String>
    /// Whether the network is kept beside models of the architecture and is no part of them, as a ControlNet is.
    package let isBeside: Bool
    let signs: [Sign]
  }

  /// A number as an architecture's file states it.
  enum StatedDimension: Sendable {
    case value(Dimension)
    /// A number that follows from others, such as four times the width.
    case derived(Expression)
  }

  /// The name in data and on the command line, such as `sd15`.
  package let id: String
  /// The name for people.
  package let title: String
  /// The architecture that this one varies, or nil.
  package let like: String?
  /// The networks, in the order of the file; those that are kept beside the model included.
  package let components: [Component]
  /// Where each layout keeps each component; the first place is the one that is written.
  let places: [String: [String: [Place]]]

  /// The layouts that models of the architecture may be in, by name.
  package var layouts: [String] { places.keys.sorted() }

  /// The component of a name, or nil.
  package func component(_ name: String) -> Component? {
    components.first { $0.name == name }
  }

  /// Every tensor of a complete model or of one component, for the given numbers or those of the real model.
  ///
  /// What is kept beside the model is left out unless it is the one component. `overrides` has dimensions by
  /// component, so that a small model with the true names can be made.
  package func expanded(
    _ overrides: [String: Dimensions] = [:], only wanted: String? = nil,
    withOptional: Bool = false
  ) throws(FormatError) -> [SchemaTensor] {
    var tensors: [SchemaTensor] = []
    for component in components where wanted.map({ $0 == component.name }) ?? !component.isBeside {
      tensors += try component.expanded(overrides[component.name] ?? [:])
        .filter {
          withOptional || !$0.isOptional || component.optional.contains($0.name.path)
        }
    }
    return tensors
  }
}

extension Architecture.Component {
  /// The numbers of the component: those given, those stated, and what follows from both.
  package func dimensions(_ overrides: Dimensions = [:]) throws(FormatError) -> Dimensions {
    var result = overrides
    for case (let name, .value(let value)) in stated where result[name] == nil {
      result[name] = value
    }
    for case (let name, .derived(let expression)) in stated where result[name] == nil {
      result[name] = .integer(try expression.evaluate(in: Scope(dimensions: result)))
    }
    return result
  }

  /// Every tensor of the component, those that a model may lack included.
  package func expanded(_ overrides: Dimensions = [:]) throws(FormatError) -> [SchemaTensor] {
    let tensors = try schema.expanded(component: name, dimensions: try dimensions(overrides))
    guard !optional.isEmpty else { return tensors }
    return tensors.map { tensor in
      SchemaTensor(
        name: tensor.name, shape: tensor.shape,
        isOptional: tensor.isOptional || optional.contains(tensor.name.path))
    }
  }
}
