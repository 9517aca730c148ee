import WeftTensors

/// What the system says of a model's files: an equal stamp later means that nobody wrote to them in between.
///
/// Times are compared for equality alone, so that clocks that are wrong or set do no harm. The number of the file system is not
/// part of it, since it differs between machines that share one.
package struct SourceStamp: Sendable, Equatable {
  /// A file was changed so recently that it could be changed again without a trace, in seconds.
  private static let racySeconds = 2

  /// The size of all files, in bytes.
  package let byteCount: Int
  /// A hash of every file's name, number, size and times.
  package let state: String
  private let isRecent: Bool
  /// The state, to be told from later ones; nil when a file was changed a moment ago.
  package var digest: String? { isRecent ? nil : state }

  /// The stamp of a file, of the shards of an index, or of all files below a folder.
  ///
  /// - Throws: when something of it is missing.
  package init(of path: String) throws {
    var text = ""
    var byteCount = 0
    var isRecent = false
    for file in try SourceFiles.of(path) {
      guard let stamp = FileStamp(path: file.path) else {
        throw FileError(path: file.path, reason: .missing)
      }
      byteCount += stamp.byteCount
      isRecent = isRecent || stamp.isRecent(seconds: Self.racySeconds)
      text += "\(file.name)\0\(stamp.inode) \(stamp.byteCount) \(stamp.modified) \(stamp.changed)\n"
    }
    self.byteCount = byteCount
    self.isRecent = isRecent
    state = String(SHA256.digest(Array(text.utf8)).prefix(Self.digitCount))
  }

  /// Enough that no two states of a file share a stamp by chance.
  private static let digitCount = 24
}

/// The files that make up something that a user names by one path.
package enum SourceFiles {
  /// The file, the index and its shards, or all files below a folder but hidden ones, with names that tell them apart.
  package static func of(_ path: String) throws -> [(name: String, path: String)] {
    let name = Paths.name(of: path)
    if Paths.isDirectory(path) { return try below(path) }
    guard ShardIndex.isIndex(name) else { return [("", path)] }
    let folder = Paths.directory(of: path)
    let shards = try ShardIndex.read(path).tensorsByShard.keys.sorted()
    return [("", path)] + shards.map { ($0, Paths.join(folder, $0)) }
  }

  private static func below(_ folder: String) throws -> [(name: String, path: String)] {
    let files = FolderWalk.files(below: folder).compactMap { path -> (String, String)? in
      let name = String(path.dropFirst(Paths.join(folder, "").count))
      return name.utf8.first == UInt8(ascii: ".") || name.contains("/.") ? nil : (name, path)
    }
    guard !files.isEmpty else { throw FileError(path: folder, reason: .missing) }
    return files
  }

  /// The SHA-256 of a file, or of the names and the SHA-256 of several.
  package static func contentHash(of path: String) throws -> String {
    let files = try of(path)
    if files.count == 1, files[0].name.isEmpty { return try InputFile.open(path).sha256() }
    let text = try files.map { "\($0.name)\0\(try InputFile.open($0.path).sha256())\n" }.joined()
    return SHA256.digest(Array(text.utf8))
  }
}
