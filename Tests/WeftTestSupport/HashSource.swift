package import WeftFormats
import WeftKernels
import WeftNetworks
package import WeftTensors

/// Weights by the rule `weft-hash-v1`, which the goldens' networks have.
package struct HashSource: WeightSource {
  package let path = "weft-hash-v1"
  /// What the values depend on beside the names.
  package let tag: String
  /// The tensors.
  package var shapes: [String: Shape]

  /// The weights of an architecture's component with some of its numbers replaced.
  package init(
    tag: String, architecture: String, component: String, _ dimensions: Dimensions = [:]
  ) throws {
    let library = try FormatLibrary.embedded()
    guard let found = library.architectures.first(where: { $0.id == architecture }) else {
      throw Golden.Absent(name: architecture)
    }
    let tensors = try found.expanded([component: dimensions], only: component)
    self.init(
      tag: tag,
      shapes: Dictionary(uniqueKeysWithValues: tensors.map { ($0.name.path, $0.shape) }))
  }

  /// The weights of tensors.
  package init(tag: String, shapes: [String: Shape]) {
    (self.tag, self.shapes) = (tag, shapes)
  }

  package func shape(_ name: String) -> Shape? { shapes[name] }

  package func read(_ name: String, into target: ByteSlice) throws {
    guard let shape = shapes[name] else { throw Golden.Absent(name: name) }
    HashWeights(tag: tag, name: name, kind: HashWeights.Kind(name: name, shape: shape))
      .write(0..<(shape.checkedElementCount ?? 0), into: target, .f32)
  }
}
