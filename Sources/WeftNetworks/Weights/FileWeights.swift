package import WeftFiles
package import WeftKernels
package import WeftTensors
package import WeftTransform

/// The weights of a file whose architecture is not known: under their own names, which must be those of diffusers or
/// transformers.
package struct FileWeights: WeightSource {
  /// The file.
  package let path: String
  private let tensors: [String: Checkpoint.Tensor]
  private let reader: ValueReader
  private let kept: KeptWeights?

  /// Takes all tensors of a file, or of a component's folder where names start with one; layers may be kept as stored.
  package init(
    _ checkpoint: Checkpoint, component: String, reader: ValueReader, kept: KeptWeights? = nil
  ) {
    path = checkpoint.path
    (self.reader, self.kept) = (reader, kept)
    tensors = Self.tensors(of: checkpoint, component: component)
  }

  /// All tensors of a file, or of a component's folder where names start with one, by their names in it.
  static func tensors(
    of checkpoint: Checkpoint, component: String
  ) -> [String: Checkpoint.Tensor] {
    let start = component + "/"
    let own = checkpoint.tensors.filter { $0.info.name.hasPrefix(start) }
    let tensors = (own.isEmpty ? checkpoint.tensors : own).map { tensor in
      (String(tensor.info.name.dropFirst(own.isEmpty ? 0 : start.count)), tensor)
    }
    return Dictionary(tensors) { first, _ in first }
  }

  /// The names of all tensors, in no order.
  package var names: [String] { Array(tensors.keys) }

  package func shape(_ name: String) -> Shape? { tensors[name]?.info.shape }

  package func read(_ name: String, into target: ByteSlice) throws {
    try reader.read(value(name), named: name, into: target)
  }

  package func stored(_ name: String, under byteCount: Int) throws -> (any StoredWeight)? {
    guard let kept, let shape = shape(name) else { return nil }
    return try kept.weight(value(name), named: name, shape: shape, under: byteCount)
  }

  package func storedByteCount(_ name: String) -> Int? {
    kept == nil ? nil : (try? value(name))?.keptBlock?.storedByteCount
  }

  private func value(_ name: String) throws -> ComputedValue {
    guard let tensor = tensors[name] else {
      throw NetworkError.weight("the tensor '\(name)' is missing", at: path)
    }
    guard tensor.info.dtype.isComputable else {
      throw NetworkError.weight(
        "the tensor '\(name)' holds \(tensor.info.dtype.rawValue), but weights are floats", at: path
      )
    }
    let rows = tensor.info.shape.rank > 1 ? tensor.info.shape.rowCount : 1
    return ComputedValue(tensor.block(rows: rows))
  }
}
