package import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// A regular file that is open for reading at any offset, from any thread.
///
/// Input is read with `pread` rather than mapped: a file that shrinks gives an error instead of a signal.
package final class InputFile: Sendable {
  /// Which file this is, whatever its name: two paths to one file have equal identities.
  package struct Identity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
  }

  /// The path as it was given.
  package let path: String
  /// The size, in bytes, when the file was opened.
  package let byteCount: Int
  /// Which file this is.
  package let identity: Identity
  /// The number of names that the file has.
  package let linkCount: Int
  private let descriptor: Int32

  private init(
    path: String, byteCount: Int, identity: Identity, linkCount: Int, descriptor: Int32
  ) {
    self.path = path
    self.byteCount = byteCount
    self.identity = identity
    self.linkCount = linkCount
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Opens a regular file.
  package static func open(_ path: String) throws(FileError) -> InputFile {
    // O_NONBLOCK: opening a pipe must fail the check below instead of waiting for a writer.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      throw FileError(path: path, reason: errno == ENOENT ? .missing : .unreadable(errno))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError(path: path, reason: .notAFile)
    }
    return InputFile(
      path: path, byteCount: Int(status.st_size),
      identity: Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)),
      linkCount: Int(status.st_nlink), descriptor: descriptor)
  }

  /// The state of the file now.
  package func stamp() throws(FileError) -> FileStamp {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError(path: path, reason: .unreadable(errno))
    }
    return FileStamp(status)
  }

  /// Fills a slice with the bytes at an offset, or throws when the file ends before.
  package func read(at offsetInFile: Int, into slice: ByteSlice) throws(FileError) {
    try withExtendedLifetime(slice) { () throws(FileError) in
      try fill(slice.memory, from: offsetInFile)
    }
  }

  /// The bytes of a range of the file.
  package func bytes(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    // Making an empty array in this way would write to the one that all threads share.
    guard !range.isEmpty else { return [] }
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { memory, count in
      // In bounds: the array's own memory, cut to the capacity that was asked for.
      let target = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(memory)[..<range.count])
      do throws(FileError) {
        try fill(target, from: range.lowerBound)
        count = range.count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads until the memory is full; `read + count` never passes its end.
  private func fill(
    _ memory: UnsafeMutableRawBufferPointer, from offsetInFile: Int
  ) throws(FileError) {
    var filled = 0
    while filled < memory.count, let base = memory.baseAddress {
      let offset = offsetInFile + filled
      let count = pread(descriptor, base + filled, memory.count - filled, off_t(offset))
      if count > 0 {
        filled += count
      } else if count == 0 {
        throw FileError(path: path, reason: .shortRead(offsetInFile: offset))
      } else if errno != EINTR {
        throw FileError(path: path, reason: .readFailed(errno, offsetInFile: offset))
      }
    }
  }
}

extension InputFile.Identity {
  /// The identity of whatever is at a path, following symbolic links; nil when there is nothing.
  package init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }
}
