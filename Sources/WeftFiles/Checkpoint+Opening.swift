import WeftTensors

extension Checkpoint {
  /// Opens a model file, a shard index or a folder, by its content.
  package static func open(_ path: String) throws -> Checkpoint {
    if Paths.isDirectory(path) {
      let adapterFiles = AdapterFolder.files(in: path)
      return adapterFiles.isEmpty
        ? try DiffusersFolder.open(path) : try open(adapterFiles, in: path)
    }
    if ShardIndex.isIndex(Paths.name(of: path)) { return try openShards(path) }
    return try open(InputFile.open(path))
  }

  /// As `open`, or nil when the content is that of no container; a damaged model is an error still.
  package static func openIfModel(_ path: String) throws -> Checkpoint? {
    do {
      return try open(path)
    } catch is UnsupportedContent {
      return nil
    } catch let error as SafetensorsError where error.isOfAnotherFormat {
      return nil
    }
  }

  /// Opens a file of tensors; their names are given a prefix.
  static func open(_ file: InputFile, prefix: String = "") throws -> Checkpoint {
    if let container = CompressedSafetensors.container(of: file) {
      return try CompressedSafetensors.open(file, container, prefix: prefix)
    }
    return switch ForeignContent.detect(file) {
    case nil: try open(safetensors: file, prefix: prefix)
    case .gguf: try open(gguf: file).prefixed(prefix)
    case .zip, .pickle: try TorchFile.open(file).prefixed(prefix)
    case let other?: throw UnsupportedContent(path: file.path, content: other)
    }
  }

  private static func open(safetensors file: InputFile, prefix: String) throws -> Checkpoint {
    let header = try readHeader(file)
    return Checkpoint(
      path: file.path, format: .safetensors, files: [file], fingerprints: [header.fingerprint],
      tensors: tensors(of: header, in: file, prefix: prefix), metadata: header.metadata)
  }

  /// The header; what only cannot be a safetensors file is called by its name where that can be told.
  private static func readHeader(_ file: InputFile) throws -> SafetensorsHeader {
    do {
      return try SafetensorsHeader.read(file)
    } catch let error as SafetensorsError where error.isOfAnotherFormat {
      throw UnsupportedContent.examine(file) ?? error
    }
  }

  /// Opens the shards of an index, which must hold exactly what it lists.
  static func openShards(_ path: String, prefix: String = "") throws -> Checkpoint {
    let index = try ShardIndex.read(path)
    var parts: [Checkpoint] = []
    for shard in index.tensorsByShard.keys.sorted() {
      let file = try InputFile.open(Paths.join(Paths.directory(of: path), shard))
      let part = try open(file, prefix: prefix)
      let names = part.tensors.lazy.map { String($0.info.name.utf8.dropFirst(prefix.utf8.count)) }
      try index.check(shard, holds: names.compactMap(\.self), index: path)
      parts.append(part)
    }
    return joined(parts, path: path, format: .safetensors)
  }

  /// One checkpoint of several files with different tensors.
  static func joined(
    _ parts: [Checkpoint], path: String, format: ContainerFormat, notes: [String] = []
  ) -> Checkpoint {
    var metadata = parts.first?.metadata ?? [:]
    for part in parts.dropFirst() {
      metadata = metadata.filter { part.metadata[$0.key] == $0.value }
    }
    return Checkpoint(
      path: path, format: format, files: parts.flatMap(\.files),
      fingerprints: parts.flatMap(\.fingerprints),
      tensors: parts.flatMap(\.tensors), metadata: metadata,
      notes: notes + parts.flatMap(\.notes), integrity: parts.flatMap(\.integrity),
      globals: parts.flatMap(\.globals))
  }

  /// The same tensors with a prefix to their names.
  private func prefixed(_ prefix: String) -> Checkpoint {
    guard !prefix.isEmpty else { return self }
    let renamed = tensors.map { tensor in
      Tensor(
        info: tensor.info.renamed(prefix + tensor.info.name), source: tensor.source,
        offset: tensor.offset)
    }
    return Checkpoint(
      path: path, format: format, files: files, fingerprints: fingerprints, tensors: renamed,
      metadata: metadata, notes: notes, integrity: integrity, globals: globals,
      ggufMetadata: ggufMetadata)
  }

  static func tensors(
    of header: SafetensorsHeader, in source: any ByteSource, prefix: String
  ) -> [Tensor] {
    header.entries.map { entry in
      Tensor(
        info: entry.info.renamed(prefix + entry.info.name), source: source,
        offset: entry.offsetInFile)
    }
  }
}

extension SafetensorsError {
  /// Whether the file does not start as a safetensors file.
  fileprivate var isOfAnotherFormat: Bool {
    switch problem {
    case .headerTooSmall, .headerTooLarge: true
    default: false
    }
  }
}

extension Checkpoint {
  /// Opens a file of an adapter's folder.
  package static func open(_ file: AdapterFolder.File, in folder: String) throws -> Checkpoint {
    try open(InputFile.open(Paths.join(folder, file.name)), prefix: file.prefix)
  }

  /// Opens several files of a folder as one, as the two halves of an adapter are.
  private static func open(_ files: [AdapterFolder.File], in folder: String) throws -> Checkpoint {
    let parts = try files.map { try open($0, in: folder) }
    return joined(parts, path: folder, format: parts.first?.format ?? .safetensors)
  }
}
