#if canImport(Glibc)
  import Glibc
#endif

/// A sign on a file that says that a process may still read it, for as long as the process lives.
package final class FileMark: Sendable {
  private let descriptor: Int32

  /// Marks a file; a file that is not there, or on a file system without locks, has no mark.
  package init(_ path: String) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    if descriptor >= 0 { flock(descriptor, LOCK_SH | LOCK_NB) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Removes a file unless a process has marked it.
  package static func removeUnlessMarked(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
  }
}
