package import WeftTensors

/// An output that is being written by several threads and appears complete or not at all.
package protocol ModelOutput: Sendable {
  /// Writes what must come before any tensor, with the texts that stand for hashes replaced.
  func begin(_ fill: ([UInt8]) -> [UInt8]) throws
  /// Writes bytes of a tensor.
  ///
  /// - Parameters:
  ///   - slice: the bytes.
  ///   - tensor: the index of the tensor in the layout.
  ///   - offset: where in the tensor they start, in bytes.
  ///   - share: the share of the work that they belong to.
  /// - Throws: when the disk does not take them.
  func write(_ slice: ByteSlice, tensor: Int, at offset: Int, share: Int) throws
  /// Says that every byte of a share was written.
  func endShare(_ share: Int) throws
  /// Ends every wait of other threads, because the run has failed.
  func abandon()
  /// Writes what is not tensors, with the texts that stand for hashes replaced, and gives the size of everything.
  func finish(_ fill: ([UInt8]) -> [UInt8]) throws -> Int
  /// Makes the output appear, after its bytes are on the disk when `sync` is set.
  func commit(sync: Bool) throws
}

extension OutputLayout {
  /// Reserves the space of the output at a path and refuses what must not be replaced.
  ///
  /// - Parameters:
  ///   - path: the output's path.
  ///   - replacing: whether an existing output may be replaced.
  ///   - inputs: files that must never be replaced.
  ///   - shareStarts: where each share of the work starts in the one file of a compressed output, and its end.
  /// - Returns: the output, which appears when it is committed.
  /// - Throws: `FileError` for what must not or cannot be written.
  package func create(
    at path: String, replacing: Bool, inputs: [InputFile], shareStarts: [Int]
  ) throws -> any ModelOutput {
    guard let container = frameContainer else {
      return try PlainOutput(self, path: path, replacing: replacing, inputs: inputs)
    }
    return try CompressedOutput(
      self, in: container, path: path, replacing: replacing, inputs: inputs,
      shareStarts: shareStarts)
  }

  private var frameContainer: (any FrameContainer)? {
    switch format {
    case .safetensorsZst: ZstdContainer()
    case .safetensorsWz: WzContainer(self)
    default: nil
    }
  }

  /// Whether the header is written before anything else, so that every hash in it must be known by then.
  package var startsWithHashes: Bool { format == .safetensorsZst }

  /// Throws unless the output may appear at the path; nothing is touched.
  package func check(_ path: String, replacing: Bool, inputs: [InputFile]) throws {
    if arrangement == .folder {
      return try OutputFolder.check(path, replacing: replacing, inputs: inputs)
    }
    if arrangement == .siblings {
      try OutputFile.check(path, replacing: replacing, inputs: inputs)
    }
    for file in files {
      try OutputFile.check(filePath(file, at: path), replacing: replacing, inputs: inputs)
    }
  }

  /// Throws when the disk has no room for all files together; each one's space is reserved only afterwards.
  func checkSpace(at path: String) throws(FileError) {
    guard files.count > 1, let free = Paths.freeByteCount(Paths.directory(of: path)),
      free < byteCount
    else { return }
    throw FileError(path: path, reason: .noSpace(byteCount: byteCount))
  }

  /// The path of a file that is not in a folder of its own.
  func filePath(_ file: File, at path: String) -> String {
    file.name.isEmpty ? path : Paths.join(Paths.directory(of: path), file.name)
  }
}
