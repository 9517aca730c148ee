import WeftTensors

/// The format of torch before 1.6: five pickles, then the data of each storage.
///
/// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/torch/serialization.py (`_legacy_save`, `_legacy_load`)
struct TorchLegacy {
  /// The number 0x1950a86a20f9469cfc6c that the first pickle holds.
  static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
  /// Where the number ends in a file: after `PROTO`, its version, `LONG1` and the number's length.
  private static let magicEnd = 4 + magic.count
  private static let protocolVersion = 1001
  private static let maximumStorageCount = 200_000
  private static let countByteCount = 8

  private let file: InputFile
  private let hash = SHA256()
  private var offset = 0
  private var globals: [PickleGlobal] = []

  /// Opens a file.
  static func open(_ file: InputFile) throws -> Checkpoint {
    var reader = TorchLegacy(file: file)
    return try reader.checkpoint()
  }

  /// Whether a file starts as those of the format do.
  static func isMagic(_ file: InputFile) -> Bool {
    guard let start = try? file.bytes(0..<min(file.byteCount, magicEnd)) else { return false }
    return start.suffix(magic.count).elementsEqual(magic)
  }

  private init(file: InputFile) { self.file = file }

  private mutating func checkpoint() throws -> Checkpoint {
    try checkMagic()
    let isLittleEndian = try readSystem()
    let pickle = try next()
    let keys = try readKeys()
    let storages = try placeStorages(keys, pickle, isLittleEndian: isLittleEndian)
    let state = try TorchFile.state(of: pickle, file: file)
    let byteCount = storages.values.reduce(0) { $0 + $1.byteCount }
    let placer = TensorPlacer(storageByteCount: byteCount, isBigEndian: !isLittleEndian) {
      storages[$0.key]
    }
    let tensors = try TorchFile.tensors(of: state, in: pickle, file: file, placer: placer)
    return Checkpoint(
      path: file.path, format: .torchLegacy, files: [file], fingerprints: [hash.finish()],
      tensors: tensors, metadata: [:], notes: state.notes, globals: globals)
  }

  /// Decodes the pickle that comes next.
  private mutating func next() throws -> Pickle {
    let pickle = try PickleMachine.decode(file, at: offset)
    offset += pickle.byteCount
    globals += pickle.globals
    hash.update(Array(pickle.ownBytes))
    return pickle
  }

  private mutating func checkMagic() throws {
    let pickle = try next()
    guard pickle.kind(pickle.root) == .bigInteger,
      pickle.content(pickle.root).elementsEqual(Self.magic)
    else {
      throw TorchError(
        path: file.path, problem: .plainPickle, named: TorchError.foreignNames(in: pickle.globals))
    }
    let version = try next()
    guard version.integer(version.root) == Self.protocolVersion else {
      throw TorchError.Problem.malformedPart("the version of the format is unknown")
    }
  }

  /// Whether numbers are stored least significant byte first.
  private mutating func readSystem() throws -> Bool {
    let system = try next()
    guard system.kind(system.root) == .dictionary else {
      throw TorchError.Problem.malformedPart("the third pickle is no dictionary")
    }
    guard let value = system.value(system.root, key: "little_endian"),
      let isLittle = system.boolean(value)
    else { throw TorchError.Problem.malformedPart("the byte order is missing") }
    return isLittle
  }

  /// The names of the data in the order of the file.
  private mutating func readKeys() throws -> [String] {
    let pickle = try next()
    guard let elements = pickle.elements(pickle.root, atMost: Self.maximumStorageCount) else {
      throw TorchError.Problem.malformedPart("the fifth pickle is no list")
    }
    return try elements.map { id in
      guard let key = pickle.text(id) ?? pickle.integer(id).map(String.init) else {
        throw TorchError.Problem.malformedPart("the name of some data is no text")
      }
      return key
    }
  }
}

extension TorchLegacy {
  /// Finds where the data of every storage is; each starts with its number of elements.
  private mutating func placeStorages(
    _ keys: [String], _ pickle: Pickle, isLittleEndian: Bool
  ) throws -> [String: SliceSource] {
    let references = try references(pickle)
    var storages: [String: SliceSource] = [:]
    for key in keys {
      if case .unsupported(let what)? = references[key]?.content {
        throw TorchError.Problem.unsupported(what)
      }
      guard let storage = references[key], let width = storage.elementByteCount else {
        throw TorchError.Problem.malformedPart("the size of the data \"\(key)\" is unknown")
      }
      let count = try elementCount(isLittleEndian: isLittleEndian)
      guard count == storage.elementCount else {
        throw TorchError.Problem.malformedPart("the data \"\(key)\" has two sizes")
      }
      let (byteCount, overflow) = count.multipliedReportingOverflow(by: width)
      guard !overflow, byteCount <= file.byteCount - offset else {
        throw TorchError.Problem.truncated
      }
      let source = SliceSource(file, range: offset..<offset + byteCount)
      guard storages.updateValue(source, forKey: key) == nil else {
        throw TorchError.Problem.malformedPart("the data \"\(key)\" is listed twice")
      }
      offset += byteCount
    }
    return storages
  }

  private mutating func elementCount(isLittleEndian: Bool) throws -> Int {
    guard file.byteCount - offset >= Self.countByteCount else {
      throw TorchError.Problem.truncated
    }
    let bytes = try file.bytes(offset..<offset + Self.countByteCount)
    offset += Self.countByteCount
    guard let count = (isLittleEndian ? bytes : bytes.reversed()).wideField(at: 0) else {
      throw TorchError.Problem.truncated
    }
    return count
  }

  /// What the pickle says of every storage, by its name.
  private func references(_ pickle: Pickle) throws -> [String: TorchStorage] {
    var references: [String: TorchStorage] = [:]
    for (index, node) in pickle.heap.nodes.enumerated() where node.kind == .persistent {
      guard let storage = try TorchStorage(PickleID(index), in: pickle) else { continue }
      guard
        references.updateValue(storage, forKey: storage.key) == nil
          || references.count <= Self.maximumStorageCount
      else { throw TorchError.Problem.malformedPart("there is too much data") }
    }
    return references
  }
}
