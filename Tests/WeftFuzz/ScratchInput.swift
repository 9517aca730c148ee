#if canImport(Glibc)
  import Glibc
#endif

/// A file in memory that holds the present input: when a reader crashes, the offender is still there.
package final class ScratchInput {
  /// The path of the file.
  package let path: String
  private let descriptor: Int32

  /// Creates the file, at a path of its own when none is given.
  package init(path: String? = nil) throws {
    let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    self.path = path ?? "\(folder)/weft-fuzz-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    descriptor = open(self.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Finding("cannot create \(self.path)") }
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  /// Replaces the content.
  package func write(_ bytes: [UInt8]) throws {
    // In bounds: the array's own memory and size.
    let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    guard count == bytes.count, ftruncate(descriptor, off_t(bytes.count)) == 0 else {
      throw Finding("cannot write \(path)")
    }
  }
}
