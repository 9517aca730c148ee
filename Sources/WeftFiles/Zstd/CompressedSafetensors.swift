import WeftTensors

/// A safetensors file in the seekable format of zstd, as `.safetensors.zst`.
package enum CompressedSafetensors {
  /// Opens a file whose content `isCompressed`; no tensor is unpacked yet.
  package static func open(_ file: InputFile) throws -> Checkpoint {
    try open(file, prefix: "")
  }

  static func open(_ file: InputFile, prefix: String) throws -> Checkpoint {
    let source = try SeekableZstd(file)
    let header = try SafetensorsHeader.read(source)
    return Checkpoint(
      path: file.path, format: .safetensorsZst, files: [file], fingerprints: [header.fingerprint],
      tensors: Checkpoint.tensors(of: header, in: source, prefix: prefix),
      metadata: header.metadata)
  }

  /// Whether a file starts as zstd files do, and as no safetensors file can.
  static func isCompressed(_ file: InputFile) -> Bool {
    guard file.byteCount >= 4, let start = try? file.bytes(0..<4) else { return false }
    let magic = SeekTable.number(start, at: 0)
    return magic == ZstdMagic.frame || ZstdMagic.isSkippable(magic)
  }
}
