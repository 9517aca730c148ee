import WeftTensors

extension ImportanceRecord {
  /// The kinds of files.
  package enum Format: Sendable {
    /// A GGUF file, as llama.cpp writes it.
    case gguf
    /// The older kind, which stable-diffusion.cpp reads and writes.
    case legacy
  }

  /// Writes a file that appears complete or not at all.
  ///
  /// - Parameters:
  ///   - path: where it appears.
  ///   - format: its kind.
  ///   - replacing: whether an existing file may be replaced.
  ///   - syncs: whether the bytes must be on the disk before the file appears.
  ///   - inputs: files that must not be replaced.
  /// - Throws: `ImportanceMatrixError` for sums that single precision does not hold; `FileError` and `GGUFError` for
  ///   what cannot be written.
  package func write(
    to path: String, as format: Format, replacing: Bool, syncs: Bool, inputs: [InputFile]
  ) throws {
    try requireFinite(path)
    let bytes =
      switch format {
      case .gguf: try GGUFImportance.bytes(of: self, path: path)
      case .legacy: LegacyImportance.bytes(of: self)
      }
    let file = try OutputFile.create(
      at: path, byteCount: bytes.count, replacing: replacing, inputs: inputs)
    try file.write(bytes, at: 0)
    try file.commit(sync: syncs)
  }

  /// Refuses what no reader takes.
  private func requireFinite(_ path: String) throws(ImportanceMatrixError) {
    for name in names {
      for sum in entries[name]?.sums ?? [] where !Float(sum).isFinite {
        throw ImportanceMatrixError(
          path: path, problem: .invalidValue(tensor: name, value: Float(sum)))
      }
    }
  }
}

extension GGUFImportance {
  static let datasetsKey = "imatrix.datasets"
  static let chunkCountKey = "imatrix.chunk_count"
  private static let chunkSizeKey = "imatrix.chunk_size"

  /// The file of a record; the layout is that of the type's own comment.
  static func bytes(of record: ImportanceRecord, path: String) throws -> [UInt8] {
    var metadata = GGUFMetadata()
    metadata.set(GGUFMetadata.typeKey, .string(type))
    metadata.set(datasetsKey, .array(record.datasets))
    metadata.set(chunkCountKey, .uint32(UInt32(clamping: record.chunkCount)))
    metadata.set(chunkSizeKey, .uint32(UInt32(clamping: record.chunkSize)))
    let tensors = record.names.flatMap { pair(of: record, $0) }
    let layout = try GGUFLayout(
      tensors: tensors.map(\.info), storedShapes: tensors.map { _ in nil }, metadata: metadata,
      path: path)
    var file = LittleEndianBytes()
    file.append(layout.headerBytes)
    for (entry, tensor) in zip(layout.entries, tensors) {
      file.pad(to: entry.offsetInFile)
      file.append(floats: tensor.values.map { Float($0) })
    }
    file.pad(to: layout.byteCount)
    return file.bytes
  }

  private static func pair(
    of record: ImportanceRecord, _ name: String
  ) -> [(info: TensorInfo, values: [Double])] {
    guard let entry = record.entries[name], !entry.counts.isEmpty else { return [] }
    let matrixCount = entry.counts.count
    let sums = TensorInfo(
      name: name + sumsSuffix, dtype: .f32, shape: [matrixCount, entry.sums.count / matrixCount])
    let counts = TensorInfo(name: name + countsSuffix, dtype: .f32, shape: [matrixCount, 1])
    return [(sums, entry.sums), (counts, entry.counts)].compactMap { info, values in
      info.map { ($0, values) }
    }
  }
}

extension LegacyImportance {
  /// The file of a record; the layout is that of the type's own comment.
  static func bytes(of record: ImportanceRecord) -> [UInt8] {
    var file = LittleEndianBytes()
    file.append(record.entries.count, width: 4)
    for name in record.names {
      guard let entry = record.entries[name] else { continue }
      let calls = max(1, entry.chunkCount)
      file.append(name.utf8.count, width: 4)
      file.append(name.utf8)
      file.append([calls, entry.sums.count], width: 4)
      file.append(floats: entry.means.map { $0 * Float(calls) })
    }
    let dataset = Array((record.datasets.last ?? "").utf8)
    file.append([record.chunkCount, dataset.count], width: 4)
    file.append(dataset)
    return file.bytes
  }
}
