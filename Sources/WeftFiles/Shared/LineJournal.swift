#if canImport(Glibc)
  import Glibc
#endif

/// A file that processes append lines to, each line as a whole.
package struct LineJournal: Sendable {
  /// The file.
  package let path: String

  /// Names a journal; it is made with its first line.
  package init(path: String) { self.path = path }

  /// Appends a line, which must hold no line end.
  ///
  /// A line that a process left unfinished when it was killed is ended first, so that it spoils no other.
  ///
  /// - Parameters:
  ///   - line: the line.
  ///   - sync: whether the line is on the disk afterwards.
  /// - Throws: when it cannot be written.
  package func append(_ line: String, sync: Bool) throws(FileError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path: path, reason: .cannotCreate(errno)) }
    defer { close(descriptor) }  // and with it the lock
    // A file system without locks appends lines of one write whole all the same, but for the rarest of cases.
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    let start = endsInLine(descriptor) ? "" : "\n"
    try write(Array((start + line + "\n").utf8), to: descriptor)
    if sync, fdatasync(descriptor) != 0 {
      throw FileError(path: path, reason: .writeFailed(errno))
    }
  }

  private func endsInLine(_ descriptor: Int32) -> Bool {
    let end = lseek(descriptor, 0, SEEK_END)
    guard end > 0 else { return true }
    var last: UInt8 = 0
    // In bounds: one byte is read into one byte.
    return pread(descriptor, &last, 1, end - 1) == 1 && last == UInt8(ascii: "\n")
  }

  private func write(_ bytes: [UInt8], to descriptor: Int32) throws(FileError) {
    var done = 0
    while done < bytes.count {
      // In bounds: the suffix that is not written yet.
      let count = bytes[done...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno != EINTR { throw FileError(path: path, reason: .writeFailed(errno)) }
      done += max(0, count)
    }
  }
}
