import WeftTensors

/// A safetensors file in frames that are unpacked when they are read: `.safetensors.zst` and `.safetensors.wz`.
enum CompressedSafetensors {
  /// The container of a file by its first bytes, which no safetensors file can have; nil for other files.
  static func container(of file: InputFile) -> ContainerFormat? {
    if Wz.isWz(file) { return .safetensorsWz }
    guard file.byteCount >= 4, let start = try? file.bytes(0..<4) else { return nil }
    let magic = SeekTable.number(start, at: 0)
    return magic == ZstdMagic.frame || ZstdMagic.isSkippable(magic) ? .safetensorsZst : nil
  }

  /// What a file of one of these containers unpacks to.
  static func source(_ file: InputFile, _ container: ContainerFormat) throws -> any ByteSource {
    container == .safetensorsWz ? try WzFile(file) : try SeekableZstd(file)
  }

  /// Opens a file of one of these containers; no tensor is unpacked yet.
  static func open(
    _ file: InputFile, _ container: ContainerFormat, prefix: String
  ) throws -> Checkpoint {
    let source = try source(file, container)
    let header = try SafetensorsHeader.read(source)
    return Checkpoint(
      path: file.path, format: container, files: [file], fingerprints: [header.fingerprint],
      tensors: Checkpoint.tensors(of: header, in: source, prefix: prefix),
      metadata: header.metadata)
  }
}
