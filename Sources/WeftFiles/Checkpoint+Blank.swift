package import WeftTensors

extension Checkpoint {
  /// A model without data: names, types and shapes alone, for work that needs to know no more of a model.
  ///
  /// - Parameters:
  ///   - path: what errors name.
  ///   - tensors: what the model would hold.
  ///   - refusal: the error of whoever wants to read the data.
  /// - Returns: the model.
  package static func blank(
    path: String, tensors: [TensorInfo], refusal: any ActionableError
  ) -> Checkpoint {
    let source = BlankSource(path: path, refusal: refusal)
    return Checkpoint(
      path: path, format: .safetensors, files: [], fingerprints: [],
      tensors: tensors.map { Tensor(info: $0, source: source, offset: 0) }, metadata: [:])
  }
}

/// A source that has nothing to read.
private struct BlankSource: ByteSource {
  let path: String
  let refusal: any ActionableError
  var byteCount: Int { .max }

  func read(at offset: Int, into slice: ByteSlice) throws { throw refusal }
}
