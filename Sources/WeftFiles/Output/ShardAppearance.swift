#if canImport(Glibc)
  import Glibc
#endif

/// The appearance of a model in several files beside each other.
///
/// The index comes last, and an old one goes first: a reader finds the old model, no model or the new one, never some
/// shards of each. What the old index listed and the new one does not is removed.
struct ShardAppearance {
  let files: [OutputFile]
  /// The path that the user gave, where a model in one file may lie.
  let path: String
  let replaces: Bool

  func perform() throws(FileError) {
    guard let index = files.last?.path else { return }
    let orphans = replaces ? orphans(index) : []
    if replaces { unlink(index) }
    var done: [String] = []
    do throws(FileError) {
      for file in files {
        try file.appear()
        done.append(file.path)
      }
    } catch {
      // Half a model helps nobody; what was replaced is gone, so only new names are taken back.
      if !replaces { for path in done { unlink(path) } }
      throw error
    }
    for orphan in orphans { unlink(orphan) }
  }

  /// The files of the model that is replaced which the new one does not have.
  private func orphans(_ index: String) -> [String] {
    let folder = Paths.directory(of: index)
    let old = (try? ShardIndex.read(index))?.tensorsByShard.keys.map { Paths.join(folder, $0) }
    let new = Set(files.map(\.path))
    return ((old ?? []) + [path]).filter { !new.contains($0) && Paths.exists($0) }
  }
}
