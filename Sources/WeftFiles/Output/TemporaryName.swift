import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The hidden siblings that outputs are written to where files need a name.
enum TemporaryName {
  private static let mark = ".weft-"

  /// A name beside the target that no other process uses.
  static func make(for path: String) -> String {
    let unique = String(getpid()) + "-" + String(UInt32.random(in: 0 ... .max), radix: 16)
    return Paths.join(Paths.directory(of: path), prefix(of: path) + unique)
  }

  /// Removes the siblings that killed runs left behind; a living run holds a lock on its own.
  static func removeLeftovers(of path: String) {
    let directory = Paths.directory(of: path)
    let prefix = prefix(of: path)
    for name in Paths.names(in: directory) where name.utf8.starts(with: prefix.utf8) {
      let leftover = Paths.join(directory, name)
      let descriptor = open(leftover, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { remove(leftover) }
      close(descriptor)
    }
  }

  /// The siblings that this process is writing, for a signal handler to remove.
  private static let inUse = Mutex<Set<String>>([])

  /// Remembers a sibling until `forget`.
  static func remember(_ name: String) {
    inUse.withLock { names in _ = names.insert(name) }
  }

  /// Forgets a sibling that was renamed or removed.
  static func forget(_ name: String) {
    inUse.withLock { names in _ = names.remove(name) }
  }

  /// Removes every sibling that this process is writing.
  static func removeAll() {
    for name in inUse.withLock({ $0 }) { remove(name) }
  }

  /// The deepest folder that an output has below its own.
  private static let maximumDepth = 4

  /// Removes a sibling, with what is in it when it is a folder; symbolic links are removed, not followed.
  static func remove(_ name: String, depth: Int = 0) {
    if unlink(name) == 0 || depth > maximumDepth { return }
    for child in Paths.names(in: name) { remove(Paths.join(name, child), depth: depth + 1) }
    rmdir(name)
  }

  /// The longest name that file systems take, less the room for what `make` adds.
  private static let maximumByteCount = 255 - 32

  /// The start of the siblings' names; a long name is cut, and a hash keeps its siblings from another's.
  private static func prefix(of path: String) -> String {
    let name = Paths.name(of: path)
    guard name.utf8.count + 1 + mark.utf8.count > maximumByteCount else { return ".\(name)\(mark)" }
    // FNV-1a, which gives every process the same name, as Swift's own hash does not.
    let hash = name.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    let start = name.unicodeScalars.prefix(40)
    return "." + String(start) + "-" + String(hash, radix: 16) + mark
  }
}
