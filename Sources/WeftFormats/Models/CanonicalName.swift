package import WeftTensors

/// The one name of a tensor, whatever file it is in: a component and the path that diffusers gives it.
package struct CanonicalName: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The component, such as `unet`.
  package let component: String
  /// The dotted path in the component, such as `down_blocks.0.resnets.0.norm1.weight`.
  package let path: String

  /// Makes a name.
  package init(component: String, path: String) {
    self.component = component
    self.path = path
  }

  /// The name as a folder's tensors are spelled, `component/path`.
  package var description: String { "\(component)/\(path)" }

  /// The module that the tensor belongs to.
  package var module: CanonicalModule {
    let end = path.utf8.lastIndex(of: UInt8(ascii: ".")) ?? path.endIndex
    return CanonicalModule(component: component, path: String(path[..<end]))
  }

  /// The order by component, then path.
  package static func < (left: Self, right: Self) -> Bool {
    (left.component, left.path) < (right.component, right.path)
  }
}

/// The one name of a module, such as a linear layer with its weight and bias.
package struct CanonicalModule: Sendable, Hashable, CustomStringConvertible {
  /// The component, such as `unet`.
  package let component: String
  /// The dotted path in the component, such as `down_blocks.0.resnets.0.norm1`.
  package let path: String

  /// Makes a name.
  package init(component: String, path: String) {
    self.component = component
    self.path = path
  }

  /// The name as `component/path`.
  package var description: String { "\(component)/\(path)" }

  /// The name of a parameter of the module, such as its `weight`.
  package func tensor(_ leaf: String) -> CanonicalName {
    CanonicalName(component: component, path: "\(path).\(leaf)")
  }
}

/// A tensor that an architecture has, as its templates say.
package struct SchemaTensor: Sendable, Hashable {
  /// The name.
  package let name: CanonicalName
  /// The dimensions, outermost first.
  package let shape: Shape
  /// Whether a complete model may lack the tensor.
  package let isOptional: Bool
}
