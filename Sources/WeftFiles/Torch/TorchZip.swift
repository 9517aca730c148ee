import WeftTensors

/// The format of torch since 1.6: a zip archive of a pickle and one member for the data of each storage.
///
/// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/torch/serialization.py (`_save`, `_load`)
struct TorchZip {
  /// The largest pickle, in bytes; it is held in memory.
  private static let maximumPickleByteCount = PickleLimits.byteCount
  private static let maximumRecordByteCount = 4096
  private static let maximumMetadataByteCount = 16 << 20
  private static let versions = 1...10

  private let file: InputFile
  private let archive: ZipArchive
  private let root: String

  /// Opens an archive.
  static func open(_ file: InputFile) throws -> Checkpoint {
    let archive = try ZipArchive(file)
    return try TorchZip(file: file, archive: archive, root: rootFolder(of: archive)).checkpoint()
  }

  private init(file: InputFile, archive: ZipArchive, root: String) {
    self.file = file
    self.archive = archive
    self.root = root
  }

  /// The one folder that all members lie in, by the name of the first.
  private static func rootFolder(of archive: ZipArchive) throws(TorchError.Problem) -> String {
    guard let first = archive.entries.first?.name,
      let slash = first.utf8.firstIndex(of: UInt8(ascii: "/"))
    else { throw .noPickle }
    let root = String(Substring(first.utf8[...slash]))
    for entry in archive.entries {
      let parts = entry.name.utf8.split(
        separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      let names = (entry.isFolder ? parts.dropLast() : parts[...]).map { String(Substring($0)) }
      guard entry.name.utf8.starts(with: root.utf8), names.allSatisfy(Paths.isPlainName),
        !entry.nameBytes.contains(UInt8(ascii: "\\"))
      else { throw .memberOutside(entry.name) }
    }
    return root
  }

  private func checkpoint() throws -> Checkpoint {
    guard let index = archive.index(of: root + "data.pkl") else { throw missingPickle }
    guard !isTorchScript else { throw TorchError.Problem.torchScript }
    try checkVersion()
    let isBigEndian = try isBigEndian()
    let bytes = try archive.bytes(index, maximumByteCount: Self.maximumPickleByteCount)
    let source = MemorySource(bytes, path: file.path)
    let pickle = try PickleMachine.decode(source, member: root + "data.pkl")
    let state = try TorchFile.state(of: pickle, file: file)
    let members = MemberCache(archive, folder: root + "data/")
    let placer = TensorPlacer(
      storageByteCount: members.byteCount, isBigEndian: isBigEndian, find: members.find)
    let tensors = try TorchFile.tensors(of: state, in: pickle, file: file, placer: placer)
    return Checkpoint(
      path: file.path, format: .torchZip, files: [file], fingerprints: [fingerprint(bytes)],
      tensors: tensors, metadata: try metadata(), notes: state.notes, integrity: members.used,
      globals: pickle.globals)
  }

  /// The key-value pairs that weft puts into an archive; what is not of their form is none of them.
  private func metadata() throws -> [String: String] {
    guard let index = archive.index(of: root + OutputLayout.torchMetadataName) else { return [:] }
    let bytes = try archive.bytes(index, maximumByteCount: Self.maximumMetadataByteCount)
    let members = (try? JSONValue(parsing: bytes))?.members ?? []
    return Dictionary(
      members.compactMap { member in member.value.text.map { (member.key, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  private var missingPickle: TorchError.Problem {
    isTorchScript ? .torchScript : .noPickle
  }

  private var isTorchScript: Bool {
    archive.index(of: root + "constants.pkl") != nil
      || archive.entries.contains { $0.name.utf8.starts(with: (root + "code/").utf8) }
  }

  /// The text of a small record, or nil when there is none.
  private func record(_ name: String) throws -> String? {
    guard let index = archive.index(of: root + name) else { return nil }
    let bytes = try archive.bytes(index, maximumByteCount: Self.maximumRecordByteCount)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func checkVersion() throws {
    guard let text = try record("version") else { throw TorchError.Problem.noPickle }
    let digits = text.utf8.prefix { $0 != 0x0A }
    guard let version = Int(String(Substring(digits))), Self.versions.contains(version) else {
      throw TorchError.Problem.unknownVersion(String(text.prefix(20)))
    }
  }

  private func isBigEndian() throws -> Bool {
    switch try record("byteorder") {
    case nil, "little": false
    case "big": true
    case let order?: throw TorchError.Problem.unknownByteOrder(String(order.prefix(20)))
    }
  }

  /// The SHA-256 of the pickle, and of every member's name, size and CRC-32.
  private func fingerprint(_ pickle: [UInt8]) -> String {
    let hash = SHA256()
    hash.update(pickle)
    for entry in archive.entries {
      hash.update(Array("\(entry.name)\n\(entry.byteCount)\n\(entry.checksum)\n".utf8))
    }
    return hash.finish()
  }
}

/// The members with the data of storages; those of one storage are one, so that their checksums come together.
private final class MemberCache {
  /// The members that tensors use.
  private(set) var used: [any IntegrityCheck] = []
  /// The size of all members with data, in bytes.
  let byteCount: Int
  private let archive: ZipArchive
  private let folder: String
  private var members: [String: ZipMember] = [:]

  init(_ archive: ZipArchive, folder: String) {
    self.archive = archive
    self.folder = folder
    // Bounded by the archive's size times deflate's best ratio, which fits.
    byteCount = archive.entries.reduce(0) { sum, entry in
      entry.name.utf8.starts(with: folder.utf8) ? sum + entry.byteCount : sum
    }
  }

  func find(_ storage: TorchStorage) throws -> (any ByteSource)? {
    if let member = members[storage.key] { return member }
    guard let index = archive.index(of: folder + storage.key) else { return nil }
    let member = try archive.member(index)
    members[storage.key] = member
    used.append(member)
    return member
  }
}
