package import WeftFiles
package import WeftTensors

/// Something that is to be hashed, opened but not read: a file, or a model of several files.
package struct HashSubject: Sendable {
  /// The file; nil for a folder or the index of shards.
  package let file: InputFile?
  /// The model; nil for a file that is none.
  package let model: Checkpoint?
  /// What is wrong with a file that starts as a model does; its bytes are hashed all the same.
  package let damage: (any ActionableError)?

  /// Opens a path.
  ///
  /// - Throws: when there is nothing, or a folder that is no model.
  package static func open(_ path: String) throws -> HashSubject {
    if Paths.isDirectory(path) || ShardIndex.isIndex(Paths.name(of: path)) {
      return HashSubject(file: nil, model: try Checkpoint.open(path), damage: nil)
    }
    let file = try InputFile.open(path)
    do {
      return HashSubject(file: file, model: try Checkpoint.openIfModel(path), damage: nil)
    } catch let error as any ActionableError where error.status == .badData {
      return HashSubject(file: file, model: nil, damage: error)
    }
  }

  /// Whether the tensors are a run of the file's own bytes, so that one pass hashes all.
  var isPacked: Bool {
    guard let file, let model else { return false }
    return model.format == .safetensors && model.files.map(\.identity) == [file.identity]
  }

  /// Whether hashes from elsewhere have what this subject would give: an older program knew fewer containers.
  package func agrees(with hashes: ModelHashes) -> Bool {
    (hashes.content != nil) == (model != nil) && (hashes.dataSHA256 != nil) == isPacked
  }

  /// How many bytes will be read.
  package var byteCount: Int {
    let tensors = isPacked ? 0 : model?.tensors.reduce(0) { $0 + $1.info.byteCount } ?? 0
    return (file?.byteCount ?? 0) + tensors
  }

  /// Reads everything and gives the hashes; `progress` is told how many bytes were read.
  package func hashes(
    threads: Int, progress: @Sendable (Int) throws -> Void
  ) throws -> ModelHashes {
    guard let file else { return try hashesOfFolder(threads: threads, progress: progress) }
    let tensors = isPacked ? model?.tensors.map(\.info) : nil
    let hasher = FileHasher(file, tensors: tensors, threads: threads)
    let own = try hasher.run(progress: progress)
    guard let model, !isPacked else { return own }
    return ModelHashes(
      sha256: own.sha256, autoV1: own.autoV1, dataSHA256: nil,
      content: try ContentHash.of(model, threads: threads, progress: progress))
  }

  private func hashesOfFolder(
    threads: Int, progress: @Sendable (Int) throws -> Void
  ) throws -> ModelHashes {
    let content = try model.map { try ContentHash.of($0, threads: threads, progress: progress) }
    return ModelHashes(sha256: nil, autoV1: nil, dataSHA256: nil, content: content)
  }
}
