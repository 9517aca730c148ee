import WeftTensors

extension Checkpoint {
  /// Opens a GGUF file; its tensors have the shapes that they had before they were quantised.
  static func open(gguf file: InputFile) throws -> Checkpoint {
    let header = try GGUFHeader.read(file)
    let reshaping = OriginalShapes(header.metadata)
    do {
      let tensors = try header.entries.map { entry in
        Tensor(info: try reshaping.apply(to: entry.info), source: file, offset: entry.offsetInFile)
      }
      let (texts, arrays) = header.metadata.shown()
      return Checkpoint(
        path: file.path, format: .gguf, files: [file], fingerprints: [header.fingerprint],
        tensors: tensors, metadata: texts,
        notes: notes(on: header, hiding: arrays) + reshaping.notes(tensors.map(\.info.name)),
        ggufMetadata: header.metadata)
    } catch let problem as GGUFError.Problem {
      throw GGUFError(path: file.path, problem: problem)
    }
  }

  /// What is in the file and not in the checkpoint, and what is not in the file.
  private static func notes(
    on header: GGUFHeader, hiding arrays: [GGUFMetadata.Entry]
  ) -> [String] {
    var notes: [String] = []
    if let first = arrays.first {
      let others = arrays.count > 1 ? " and \(arrays.count - 1) more are" : " is"
      notes.append("the array \(first.key) of \(first.value.count) elements\(others) not shown")
    }
    if let count = header.metadata["split.count"]?.integer, count > 1 {
      notes.append("this is one of the \(count) files of a split model; the others are not read")
    }
    if header.trailingByteCount > 0 {
      notes.append("\(header.trailingByteCount) bytes follow the last tensor and belong to none")
    }
    return notes
  }
}

/// The shapes that tensors had before ComfyUI-GGUF made rows of 256 elements of them, for the block formats.
///
/// Source: https://github.com/city96/ComfyUI-GGUF/blob/795e4515/loader.py (`get_orig_shape`)
private struct OriginalShapes {
  private let values: [String: GGUFValue]

  init(_ metadata: GGUFMetadata) {
    values = metadata.entries.reduce(into: [:]) { values, entry in
      guard let tensor = GGUFMetadata.originalShapeTensor(entry.key) else { return }
      values[tensor] = entry.value
    }
  }

  /// The tensor in its original shape, when the file says that.
  func apply(to stored: TensorInfo) throws -> TensorInfo {
    guard let value = values[stored.name] else { return stored }
    let shape = try shape(value, of: stored.name)
    guard shape.checkedElementCount == stored.elementCount,
      let info = TensorInfo(name: stored.name, dtype: stored.dtype, shape: shape)
    else {
      throw GGUFError.Problem.wrongOriginalShape(
        tensor: stored.name, shape: shape, stored: stored.shape)
    }
    return info
  }

  private func shape(_ value: GGUFValue, of tensor: String) throws -> Shape {
    let dimensions = value.elementType == .int32 ? value.elements?.compactMap(\.integer) : nil
    guard let dimensions, value.count <= SafetensorsHeader.maximumRank,
      dimensions.allSatisfy({ $0 >= 0 })
    else {
      throw GGUFError.Problem.invalidOriginalShape(
        tensor: tensor, found: value.text ?? "\(value.count) elements")
    }
    return Shape(dimensions)
  }

  /// What people should know of the shapes of tensors of given names.
  func notes(_ names: [String]) -> [String] {
    Set(values.keys).subtracting(names).min().map {
      ["the metadata has a shape for \($0), which is not among the tensors"]
    } ?? []
  }
}
