package import WeftTensors

extension OutputLayout {
  /// A GGUF file; see `GGUFLayout` for the parameters.
  ///
  /// The padding between tensors and behind the last one is not written: a new file is full of zeros.
  /// - Throws: `GGUFError` for what cannot be written, such as a name that is too long.
  package static func gguf(
    tensors: [TensorInfo], storedShapes: [Shape?], metadata: GGUFMetadata,
    maximumRank: Int = GGUFLayout.usualMaximumRank, path: String
  ) throws -> OutputLayout {
    let layout = try GGUFLayout(
      tensors: tensors, storedShapes: storedShapes, metadata: metadata, maximumRank: maximumRank,
      path: path)
    return OutputLayout(
      arrangement: .single, format: .gguf, files: [File(name: "", byteCount: layout.byteCount)],
      literals: [Literal(file: 0, offset: 0, bytes: layout.headerBytes)],
      places: layout.entries.map { Place(file: 0, offset: $0.offsetInFile) })
  }
}
