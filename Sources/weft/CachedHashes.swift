import WeftFiles
import WeftTensors
import WeftTransform

/// The hashes of files, computed once and kept as long as a file does not change.
struct CachedHashes {
  let talk: TalkOptions
  let threads: Int
  var usesCache = true

  /// The hashes of a file or folder, and what is wrong with it.
  func hashes(_ path: String) throws -> (ModelHashes, damage: (any ActionableError)?) {
    let subject = try HashSubject.open(path)
    let cache =
      usesCache ? Environment.cacheFolder.map { HashCache(folder: $0 + "/hashes") } : nil
    if let file = subject.file, let known = cache?.hashes(of: file), subject.agrees(with: known) {
      return (known, subject.damage)
    }
    let stamp = try subject.file?.stamp()
    let display = talk.display(label: "hash", totalByteCount: subject.byteCount)
    let hashes = try subject.hashes(threads: threads) { display.add($0) }
    display.finish()
    if let file = subject.file, let stamp {
      cache?.keep(hashes, of: file, stampedBefore: stamp)
    }
    return (hashes, subject.damage)
  }
}
