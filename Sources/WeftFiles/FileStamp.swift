#if canImport(Glibc)
  import Glibc
#endif

/// What the system says of a file's state: an equal stamp later means that nobody wrote to the file in between.
package struct FileStamp: Sendable, Hashable {
  /// The number of the file system.
  package let device: UInt64
  /// The number of the file on it.
  package let inode: UInt64
  /// The size, in bytes.
  package let byteCount: Int
  /// When the content was written, in nanoseconds since 1970, as far as programs tell the truth.
  package let modified: Int
  /// When the content or anything about it was changed, in nanoseconds since 1970; no program can set it.
  package let changed: Int

  /// The stamp of whatever is at a path, following symbolic links; nil when there is nothing.
  package init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    byteCount = Int(status.st_size)
    modified = Self.nanoseconds(status.st_mtim)
    changed = Self.nanoseconds(status.st_ctim)
  }

  /// Whether the file was changed within the last so many seconds: another change could leave the same stamp.
  package func isRecent(seconds: Int) -> Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return changed > Self.nanoseconds(now) &- seconds &* 1_000_000_000
  }

  /// Wraps around for times that no clock shows.
  private static func nanoseconds(_ time: timespec) -> Int {
    time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
  }
}
