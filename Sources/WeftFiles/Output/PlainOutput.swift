import WeftTensors

/// An output whose bytes have their places from the start: safetensors files, shards, folders and torch archives.
final class PlainOutput: ModelOutput {
  private let layout: OutputLayout
  private let path: String
  private let replaces: Bool
  private let files: [OutputFile]
  private let folder: OutputFolder?
  private let checksums: SharedChecksums?

  init(_ layout: OutputLayout, path: String, replacing: Bool, inputs: [InputFile]) throws {
    self.layout = layout
    self.path = path
    replaces = replacing
    try layout.checkSpace(at: path)
    checksums = layout.directory.map { _ in SharedChecksums(count: layout.places.count) }
    if layout.arrangement == .folder {
      let folder = try OutputFolder.create(at: path, replacing: replacing, inputs: inputs)
      self.folder = folder
      files = try layout.files.map { try folder.createFile($0.name, byteCount: $0.byteCount) }
    } else {
      folder = nil
      files = try layout.files.map { file in
        try OutputFile.create(
          at: layout.filePath(file, at: path), byteCount: file.byteCount, replacing: replacing,
          inputs: inputs)
      }
    }
  }

  func write(_ slice: ByteSlice, tensor: Int, at offset: Int, share: Int) throws {
    let place = layout.places[tensor]
    try files[place.file].write(slice, at: place.offset + offset)
    checksums?.add(slice, run: tensor, at: offset)
  }

  func begin(_ fill: ([UInt8]) -> [UInt8]) throws {}
  func endShare(_ share: Int) throws {}
  func abandon() {}

  func finish(_ fill: ([UInt8]) -> [UInt8]) throws -> Int {
    let literals = layout.literals.map { fill($0.bytes) }
    for (literal, bytes) in zip(layout.literals, literals) {
      try files[literal.file].write(bytes, at: literal.offset)
    }
    if let directory = layout.directory { try finish(directory, literals: literals) }
    return layout.byteCount
  }

  /// Writes the headers of a torch archive's members, now that their checksums are known, and its directory.
  private func finish(_ directory: ZipLayout, literals: [[UInt8]]) throws {
    let tensorChecksums = checksums?.checksums ?? []
    let all = directory.members.map { member in
      switch member.content {
      case .literal(let index): Checksum.of(literals[index])
      case .tensor(let index): tensorChecksums[index]
      }
    }
    for (member, checksum) in zip(directory.members, all) {
      try files[0].write(
        ZipLayout.localHeader(member, checksum: checksum), at: member.headerOffset)
    }
    try files[0].write(directory.trailer(checksums: all), at: directory.directoryOffset)
  }

  func commit(sync: Bool) throws {
    switch layout.arrangement {
    case .single: for file in files { try file.commit(sync: sync) }
    case .folder:
      for file in files {
        if sync { try file.sync() }
        try file.appear()
      }
      try folder?.commit(sync: sync)
    case .siblings:
      if sync { for file in files { try file.sync() } }
      let shards = ShardAppearance(files: files, path: path, replaces: replaces)
      try Appearance.perform(shards.perform)
      if sync { Paths.sync(Paths.directory(of: path)) }
    }
  }
}
