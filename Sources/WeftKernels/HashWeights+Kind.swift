package import WeftTensors

extension HashWeights.Kind {
  /// The kind that a tensor's name and shape tell, as the rule `weft-hash-v1` has it.
  package init(name: String, shape: Shape) {
    if name.hasSuffix("_embedding.weight") || name.hasSuffix("class_embedding") {
      self = .embedding
    } else if shape.rank <= 1 {
      self = name.hasSuffix("weight") ? .norm : .bias
    } else {
      self = .matrix(fanIn: shape.dimensions.dropFirst().reduce(1, *))
    }
  }
}
