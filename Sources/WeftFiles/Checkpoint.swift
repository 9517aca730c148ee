package import WeftTensors

/// A model as a list of named tensors, whatever container and how many files it is in; no data is read yet.
package struct Checkpoint: Sendable {
  /// A tensor and the place of its data.
  package struct Tensor: Sendable {
    /// The name, type and shape; in a folder of components the name starts with the component's, as `unet/...`.
    package let info: TensorInfo
    /// What holds its data: one of the checkpoint's files, or what is unpacked from one.
    package let source: any ByteSource
    /// Where its data starts, counted from the start of the source.
    package let offset: Int

    /// Describes a tensor whose bytes lie packed in a source.
    package init(info: TensorInfo, source: any ByteSource, offset: Int) {
      self.info = info
      self.source = source
      self.offset = offset
    }
  }

  /// The path as it was given.
  package let path: String
  /// The container.
  package let format: ContainerFormat
  /// The files, in the order in which they were read.
  package let files: [InputFile]
  /// The SHA-256 of what describes each file's tensors, such as a safetensors header: it tells files apart cheaply.
  package let fingerprints: [String]
  /// The tensors in the order of the files, then of their data.
  package let tensors: [Tensor]
  /// The container's key-value pairs; those of several files only where they agree.
  package let metadata: [String: String]
  /// What the reader noticed and chose, in sentences for people.
  package let notes: [String]
  /// What can be compared with checksums, after the data has been read.
  package let integrity: [any IntegrityCheck]

  /// The functions and classes that pickles of the files name; none was looked up or called.
  package let globals: [PickleGlobal]

  /// The key-value pairs of a GGUF file with their types; nil for other containers.
  package let ggufMetadata: GGUFMetadata?

  private let indexByName: [String: Int]

  init(
    path: String, format: ContainerFormat, files: [InputFile], fingerprints: [String],
    tensors: [Tensor], metadata: [String: String], notes: [String] = [],
    integrity: [any IntegrityCheck] = [], globals: [PickleGlobal] = [],
    ggufMetadata: GGUFMetadata? = nil
  ) {
    self.path = path
    self.format = format
    self.files = files
    self.fingerprints = fingerprints
    self.tensors = tensors
    self.metadata = metadata
    self.notes = notes
    self.integrity = integrity
    self.globals = globals
    self.ggufMetadata = ggufMetadata
    // Reserved, since growing hashes every name again.
    var indexByName = [String: Int](minimumCapacity: tensors.count)
    for (index, tensor) in tensors.enumerated() where indexByName[tensor.info.name] == nil {
      indexByName[tensor.info.name] = index
    }
    self.indexByName = indexByName
  }

  /// The same model with other descriptions and sources of its tensors.
  package func replacing(_ tensors: [Tensor]) -> Checkpoint {
    Checkpoint(
      path: path, format: format, files: files, fingerprints: fingerprints, tensors: tensors,
      metadata: metadata, notes: notes, integrity: integrity, globals: globals,
      ggufMetadata: ggufMetadata)
  }

  /// The size of all files, in bytes.
  package var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

  /// Throws when data differs from the checksums that the files hold; reads only what has not been read.
  package func checkIntegrity() throws {
    for check in integrity { try check.checkIntegrity() }
  }

  /// The tensor of a name.
  package subscript(name: String) -> Tensor? {
    indexByName[name].map { tensors[$0] }
  }
}

extension Checkpoint.Tensor {
  /// Fills a slice with the tensor's bytes from an offset that counts from the start of its data.
  package func read(at offset: Int, into slice: ByteSlice) throws {
    precondition(offset >= 0 && offset + slice.byteCount <= info.byteCount)
    try source.read(at: self.offset + offset, into: slice)
  }

  /// All bytes of a tensor, for the small ones that are held in memory.
  package func bytes() throws -> [UInt8] {
    try source.bytes(offset..<offset + info.byteCount)
  }
}

/// The containers that models come in.
package enum ContainerFormat: String, Sendable {
  case safetensors
  case safetensorsZst = "safetensors-zst"
  case safetensorsWz = "safetensors-wz"
  case torchZip = "torch-zip"
  case torchLegacy = "torch-legacy"
  case gguf
  case diffusers

  /// Whether tensors are compressed, so that an output is written from front to back.
  package var isCompressed: Bool { self == .safetensorsZst || self == .safetensorsWz }
}
