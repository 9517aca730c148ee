package import WeftKernels
package import WeftTensors

/// Builds the layers of one module from the weights that are named after it.
package struct ModuleLoader {
  /// What will compute the layers.
  package let backend: any Backend
  /// Where the weights come from.
  package let source: any WeightSource
  /// The module's path; empty for the whole network.
  package let path: String

  /// Nil for a backend that keeps the weights that it is given.
  private let buffer: LoadingBuffer?

  /// Starts at the whole network.
  package init(_ source: any WeightSource, _ backend: any Backend) {
    self.init(
      source, backend, path: "", buffer: backend.copiesWeights ? LoadingBuffer() : nil)
  }

  private init(
    _ source: any WeightSource, _ backend: any Backend, path: String, buffer: LoadingBuffer?
  ) {
    (self.source, self.backend, self.path, self.buffer) = (source, backend, path, buffer)
  }

  /// A module inside this one; dotted paths lead deeper.
  package subscript(name: String) -> ModuleLoader {
    ModuleLoader(
      source, backend, path: path.isEmpty ? name : "\(path).\(name)", buffer: buffer)
  }

  /// The shape of one of the module's own tensors, or nil when it is not there.
  package func shape(_ leaf: String) -> Shape? { source.shape(self[leaf].path) }

  /// The number of modules in a numbered list that have a tensor of the given leaf.
  package func count(_ name: String, leaf: String) -> Int {
    var count = 0
    while self["\(name).\(count)"].shape(leaf) != nil { count += 1 }
    return count
  }

  /// One of the module's own tensors; nothing for an empty leaf but the module's path itself.
  ///
  /// - Throws: when it is not there, or its file cannot be read.
  package func tensor(_ leaf: String) throws -> Tensor {
    let name = leaf.isEmpty ? path : self[leaf].path
    let (shape, count) = try size(of: name)
    let buffer = ByteBuffer(byteCount: count * Tensor.elementByteCount, isZeroed: false)
    try source.read(name, into: buffer.all)
    return Tensor(shape: shape, buffer: buffer)
  }

  /// The shape of a tensor that must be there, and its elements, of which there must be some.
  private func size(of name: String) throws -> (shape: Shape, elementCount: Int) {
    guard let shape = source.shape(name), let count = shape.checkedElementCount else {
      throw NetworkError.weight("the tensor '\(name)' is missing", at: source.path)
    }
    guard count > 0 else {
      throw NetworkError.weight("the tensor '\(name)' of \(shape) is empty", at: source.path)
    }
    return (shape, count)
  }

  /// One of the module's own tensors that it may lack.
  package func optionalTensor(_ leaf: String) throws -> Tensor? {
    shape(leaf) == nil ? nil : try tensor(leaf)
  }

  /// The module as a convolution or linear layer: `weight`, a `bias` if there is one, and what adapters add beside it.
  func weightedLayer(ranks: ClosedRange<Int>) throws -> WeightedLayer {
    let shape = try size(of: self["weight"].path).shape
    guard ranks.contains(shape.rank) else {
      throw NetworkError.weight(
        "'\(path).weight' has the shape \(shape), which is none of this layer", at: source.path)
    }
    let bias = try optionalTensor("bias")
    let outputs = shape.dimensions[0]
    guard bias?.elementCount ?? outputs == outputs else {
      throw NetworkError.weight(
        "'\(path).bias' has \(bias?.elementCount ?? 0) elements for \(outputs) outputs",
        at: source.path)
    }
    return WeightedLayer(
      path: path, weight: try prepared(shape, bias: bias),
      branches: try source.branches(of: path).map { try LayerBranch($0, backend) })
  }

  /// The layer's weight as the backend wants it, or as it is stored where the source keeps it so.
  private func prepared(_ shape: Shape, bias: Tensor?) throws -> any PreparedWeight {
    let (name, count) = (self["weight"].path, shape.checkedElementCount ?? 0)
    let limit = count * backend.weightElementByteCount
    if let stored = try source.stored(name, under: limit) {
      return try backend.prepare(stored: stored, bias: bias, layer: path)
    }
    let byteCount = count * Tensor.elementByteCount
    let memory =
      buffer?.room(byteCount: byteCount) ?? ByteBuffer(byteCount: byteCount, isZeroed: false)
    try source.readBesideBranches(name, into: memory[0..<byteCount])
    let weight = Tensor(shape: shape, buffer: memory)
    return try backend.prepare(weight: weight, bias: bias, layer: path)
  }
}
