#if canImport(Glibc)
  import Glibc
#endif

/// A lock that processes hold on a name, on one machine or on several with a file system that shares locks.
///
/// The lock is an empty file with an `flock`; it is gone with its process, however that ends. A file system without locks lets
/// everybody have the claim: what is claimed must be safe, if wasteful, to do twice.
package final class FileClaim: Sendable {
  private let path: String
  private let descriptor: Int32

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    // Removed while it is locked, so that nobody can hold the lock of a file that is gone.
    unlink(path)
    close(descriptor)
  }

  private static let lookLimit = 3
  /// The time between looks, in microseconds.
  private static let pause: UInt32 = 2000

  /// Takes a claim, or gives nil when another process holds it.
  ///
  /// - Parameter path: the name; its folder must be there.
  /// - Returns: the claim, or nil.
  /// - Throws: when the file cannot be made.
  package static func take(_ path: String) throws(FileError) -> FileClaim? {
    // Who only asks whether a claim is held has its lock for a moment.
    var looks = 0
    while true {
      let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o666)
      guard descriptor >= 0 else { throw FileError(path: path, reason: .cannotCreate(errno)) }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
        close(descriptor)
        looks += 1
        if looks == lookLimit { return nil }
        usleep(pause)
        continue
      }
      // The last holder may have removed the file between the opening and the locking.
      if isStill(descriptor, at: path) { return FileClaim(path: path, descriptor: descriptor) }
      close(descriptor)
    }
  }

  /// Whether a process holds a claim.
  package static func isHeld(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  private static func isStill(_ descriptor: Int32, at path: String) -> Bool {
    var opened = stat()
    var named = stat()
    return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0
      && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
  }
}
