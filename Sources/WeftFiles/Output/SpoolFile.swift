import Synchronization
package import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// A file without a name beside an output, for results whose sizes are known only when all of them are there.
///
/// The system takes its space back when the program ends, however it ends. Threads may write and read at once.
package final class SpoolFile: ByteSource, Sendable {
  /// The path of the output, for errors.
  package let path: String
  private let descriptor: Int32
  private let end = Mutex(0)

  /// Opens an empty file in the folder of an output.
  package init(beside path: String) throws(FileError) {
    let target = Paths.resolved(path) ?? path
    self.path = path
    let flags = unnamedFile | O_RDWR | O_CLOEXEC
    let unnamed = Glibc.open(Paths.directory(of: target), flags, 0o600)
    descriptor = unnamed >= 0 ? unnamed : Self.openUnlinked(TemporaryName.make(for: target))
    guard descriptor >= 0 else { throw FileError(path: path, reason: .cannotCreate(errno)) }
  }

  deinit { close(descriptor) }

  /// Where the file system has no files without names, one loses its name at once.
  private static func openUnlinked(_ name: String) -> Int32 {
    let descriptor = Glibc.open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if descriptor >= 0 { unlink(name) }
    return descriptor
  }

  /// The number of bytes.
  package var byteCount: Int { end.withLock { $0 } }

  /// Adds room for bytes to the end and gives the offset of the first.
  package func reserve(byteCount: Int) -> Int {
    end.withLock { end in
      defer { end += byteCount }
      return end
    }
  }

  /// Writes bytes into room that was reserved.
  package func write(_ slice: ByteSlice, at offset: Int) throws(FileError) {
    try withExtendedLifetime(slice) { () throws(FileError) in
      try writeAll(
        UnsafeRawBufferPointer(slice.memory), to: descriptor, at: offset, path: path)
    }
  }

  /// Fills a slice with the bytes at an offset.
  package func read(at offset: Int, into slice: ByteSlice) throws {
    try withExtendedLifetime(slice) {
      var filled = 0
      let memory = slice.memory
      // In bounds: `filled + count` never passes the slice's end.
      while filled < memory.count, let base = memory.baseAddress {
        let count = pread(
          descriptor, base + filled, memory.count - filled, off_t(offset + filled))
        if count > 0 {
          filled += count
        } else if count == 0 {
          throw FileError(path: path, reason: .shortRead(offsetInFile: offset + filled))
        } else if errno != EINTR {
          throw FileError(path: path, reason: .readFailed(errno, offsetInFile: offset + filled))
        }
      }
    }
  }
}
