/// Which members of an archive a search for pickles looks into, and how far.
struct ArchiveMembers {
  private let archive: ZipArchive
  /// The folders that hold the data of a torch pickle beside them.
  private let storageFolders: Set<String>

  init(_ archive: ZipArchive) {
    self.archive = archive
    let pickle = "data.pkl"
    storageFolders = Set(
      archive.entries.lazy.map(\.name).filter { $0 == pickle || $0.hasSuffix("/" + pickle) }
        .map { String($0.dropLast(".pkl".count)) + "/" })
  }

  /// The places of the members that are files; of an archive that expands without measure only the small ones, as
  /// many as cost no more to unpack than those of a harmless archive.
  var worthwhile: [Int] {
    let files = archive.entries.indices.filter { !archive.entries[$0].isFolder }
    guard archive.isExpanding else { return files }
    var left = ZipArchive.freeByteCount
    let bySize = files.sorted { archive.entries[$0].byteCount < archive.entries[$1].byteCount }
    return bySize.prefix { index in
      let entry = archive.entries[index]
      if entry.method == ZipEntry.deflated { left -= entry.byteCount }
      return left >= 0
    }
  }

  /// Whether a member is the data of a tensor, as torch keeps it.
  func isStorage(_ entry: ZipEntry) -> Bool {
    guard let slash = entry.name.utf8.lastIndex(of: UInt8(ascii: "/")) else { return false }
    return storageFolders.contains(String(Substring(entry.name.utf8[...slash])))
  }

  /// Whether the archive is a program of torch with weights.
  var isTorchScript: Bool {
    archive.entries.contains { entry in
      var root = ""
      for part in entry.name.utf8.split(separator: UInt8(ascii: "/")) {
        let name = String(Substring(part))
        if name == "code" || name == "constants.pkl" {
          return storageFolders.contains(root + "data/")
        }
        root += name + "/"
      }
      return false
    }
  }
}
