package import WeftFiles
import WeftTensors

/// The hashes of files that were hashed before, in a folder with a small file for each.
///
/// An entry counts while the file's stamp is the one that it had before and after it was hashed. Whatever is wrong
/// with the folder or an entry only costs time.
package struct HashCache: Sendable {
  /// A file that was changed so many seconds ago could be changed again without a trace.
  private static let racySeconds = 2
  private static let maximumEntryByteCount = 1 << 16

  private let folder: String

  /// A cache in a folder, which is made when there is something to keep.
  package init(folder: String) { self.folder = folder }

  /// The hashes of an open file; nil when they are not known.
  package func hashes(of file: InputFile) -> ModelHashes? {
    guard let stamp = try? file.stamp(),
      let entry = try? readJSON(path(of: stamp), maximumByteCount: Self.maximumEntryByteCount),
      entry["stamp"]?.text == Self.text(stamp)
    else { return nil }
    let hashes = ModelHashes(
      sha256: hash(entry["sha256"], digits: 64), autoV1: hash(entry["autov1"], digits: 8),
      dataSHA256: hash(entry["data_sha256"], digits: 64),
      content: hash(entry["content"], digits: 64))
    guard hashes.sha256 != nil, hashes.autoV1 != nil else { return nil }
    // Only what this program writes is believed: a field that is damaged reads as nil.
    return Self.text(entry: hashes, stamp) == entry.compactText ? hashes : nil
  }

  /// Keeps the hashes of a file whose stamp was the given one before it was read.
  package func keep(_ hashes: ModelHashes, of file: InputFile, stampedBefore stamp: FileStamp) {
    guard (try? file.stamp()) == stamp, !stamp.isRecent(seconds: Self.racySeconds) else { return }
    let bytes = Array(Self.text(entry: hashes, stamp).utf8)
    do {
      try Paths.makeDirectory(folder)
      let output = try OutputFile.create(
        at: path(of: stamp), byteCount: bytes.count, replacing: true, inputs: [file])
      try output.write(bytes, at: 0)
      try output.commit(sync: false)
    } catch {
      // A cache that cannot be written is no reason to fail.
    }
  }

  /// An entry's path: a file that changes replaces its entry.
  private func path(of stamp: FileStamp) -> String {
    Paths.join(folder, "\(stamp.device)-\(stamp.inode).json")
  }

  private static func text(_ stamp: FileStamp) -> String {
    "v1 \(stamp.byteCount) \(stamp.modified) \(stamp.changed)"
  }

  private static func text(entry hashes: ModelHashes, _ stamp: FileStamp) -> String {
    JSONValue.object([
      "stamp": .string(text(stamp)), "sha256": hashes.sha256.map(JSONValue.string),
      "autov1": hashes.autoV1.map(JSONValue.string),
      "data_sha256": hashes.dataSHA256.map(JSONValue.string),
      "content": hashes.content.map(JSONValue.string),
    ]).compactText
  }

  private func hash(_ value: JSONValue?, digits: Int) -> String? {
    value?.text.flatMap { text in
      let isHash =
        text.utf8.count == digits
        && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
      return isHash ? text : nil
    }
  }
}
