import WeftTensors

/// What tells models apart without reading them: the SHA-256 of what describes a file's tensors, of blocks spread over the
/// file, and of the first bytes of every tensor that lies in it as it is.
///
/// Models that were trained from one another have the same names, types and shapes, so that a header does not tell them
/// apart. It is no proof that two files are equal; a hash of the whole file is.
enum SampleHash {
  /// The blocks that are spread over a file.
  private static let blockCount = 256
  /// The size of a block, in bytes.
  private static let blockByteCount = 4096
  /// The bytes that are taken of each tensor.
  private static let tensorByteCount = 64

  static func of(
    _ file: InputFile, fingerprint: String, tensors: [Checkpoint.Tensor]
  ) throws -> String {
    let hash = SHA256()
    hash.update(Array("weft-sample-v1 \(file.byteCount) \(fingerprint)\n".utf8))
    try addBlocks(of: file, to: hash)
    let buffer = ByteBuffer(byteCount: tensorByteCount)
    for tensor in tensors.sorted(by: { $0.offset < $1.offset }) {
      let slice = buffer.all.prefix(min(tensorByteCount, tensor.info.byteCount))
      try tensor.read(at: 0, into: slice)
      hash.update(slice)
    }
    return hash.finish()
  }

  private static func addBlocks(of file: InputFile, to hash: SHA256) throws {
    let buffer = ByteBuffer(byteCount: blockByteCount)
    let last = max(0, file.byteCount - blockByteCount)
    var offsets: [Int] = []
    for index in 0..<blockCount {
      let offset =
        last / (blockCount - 1) * index + last % (blockCount - 1) * index / (blockCount - 1)
      if offsets.last != offset { offsets.append(offset) }
    }
    for offset in offsets {
      let slice = buffer.all.prefix(min(blockByteCount, file.byteCount - offset))
      try file.read(at: offset, into: slice)
      hash.update(slice)
    }
  }
}

extension Checkpoint {
  /// The sample hashes of the files, in their order.
  package func sampleHashes() throws -> [String] {
    let stored = tensors.compactMap { tensor in
      (tensor.source as? InputFile).map { (file: $0.identity, tensor: tensor) }
    }
    let byFile = Dictionary(grouping: stored, by: \.file)
    return try zip(files, fingerprints).map { file, fingerprint in
      try SampleHash.of(
        file, fingerprint: fingerprint, tensors: (byFile[file.identity] ?? []).map(\.tensor))
    }
  }
}
