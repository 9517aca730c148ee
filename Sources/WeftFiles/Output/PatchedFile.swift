package import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// A file that is changed where it lies: it keeps its size, and it is locked against others that change it.
package final class PatchedFile: ByteSource {
  /// The path as it was given.
  package let path: String
  /// The size, in bytes.
  package let byteCount: Int
  /// Which file this is.
  package let identity: InputFile.Identity
  private let input: InputFile
  private let descriptor: Int32

  private init(input: InputFile, descriptor: Int32) {
    path = input.path
    byteCount = input.byteCount
    identity = input.identity
    self.input = input
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Opens a regular file for reading and writing and locks it; nothing is changed.
  ///
  /// - Throws: `FileError` when the file is missing, may not be written, or is being changed by somebody else.
  package static func open(_ path: String) throws(FileError) -> PatchedFile {
    let input = try InputFile.open(path)
    let descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw FileError(path: path, reason: refusal(errno)) }
    do throws(FileError) {
      try lock(descriptor, input: input)
      return PatchedFile(input: input, descriptor: descriptor)
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// Locks the file and looks at what was opened.
  private static func lock(_ descriptor: Int32, input: InputFile) throws(FileError) {
    // File systems without locks cannot say who else writes.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      throw FileError(path: input.path, reason: .isBusy)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError(path: input.path, reason: .unreadable(errno))
    }
    // Between the two opens, or before the lock, another file may have taken the name.
    let identity = InputFile.Identity(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    guard identity == input.identity, Int(status.st_size) == input.byteCount else {
      throw FileError(path: input.path, reason: .isBusy)
    }
    // The superuser may write to anything, but a file that is marked so is not meant to be.
    guard status.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH) != 0 else {
      throw FileError(path: input.path, reason: .writeProtected)
    }
  }

  private static func refusal(_ code: Int32) -> FileError.Reason {
    switch code {
    case ENOENT: .missing
    case EACCES, EPERM, EROFS, ETXTBSY: .writeProtected
    default: .unreadable(code)
    }
  }

  /// Fills a slice with the bytes at an offset.
  package func read(at offset: Int, into slice: ByteSlice) throws {
    try input.read(at: offset, into: slice)
  }

  /// Overwrites bytes within the file; threads may write different ranges at once.
  package func write(_ slice: ByteSlice, at offsetInFile: Int) throws(FileError) {
    try check(offsetInFile, count: slice.byteCount)
    try withExtendedLifetime(slice) { () throws(FileError) in
      try writeAll(
        UnsafeRawBufferPointer(slice.memory), to: descriptor, at: offsetInFile, path: path)
    }
  }

  /// Overwrites bytes within the file.
  package func write(_ bytes: [UInt8], at offsetInFile: Int) throws(FileError) {
    try check(offsetInFile, count: bytes.count)
    try writeAll(bytes, to: descriptor, at: offsetInFile, path: path)
  }

  /// Waits until everything that was written is on the disk.
  package func sync() throws(FileError) {
    guard fdatasync(descriptor) == 0 else {
      throw FileError(path: path, reason: .writeFailed(errno))
    }
  }

  /// The file never grows.
  private func check(_ offset: Int, count: Int) throws(FileError) {
    guard offset >= 0, count <= byteCount, offset <= byteCount - count else {
      throw FileError(path: path, reason: .writeFailed(EFBIG))
    }
  }
}

extension Paths {
  /// Whether a path is itself a symbolic link.
  package static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Removes a file, and says whether that was possible.
  @discardableResult
  package static func removeFile(_ path: String) -> Bool { unlink(path) == 0 }

  /// A path from one folder to a file, with every symbolic link followed; nil when either leads to nothing.
  package static func relative(_ path: String, from directory: String) -> String? {
    guard let target = resolved(path), let start = resolved(directory) else { return nil }
    let slash = UInt8(ascii: "/")
    let ours = start.utf8.split(separator: slash).map { String(Substring($0)) }
    let theirs = target.utf8.split(separator: slash).map { String(Substring($0)) }
    var common = 0
    while common < min(ours.count, theirs.count), ours[common] == theirs[common] { common += 1 }
    let up = Array(repeating: "..", count: ours.count - common)
    return (up + theirs[common...]).joined(separator: "/")
  }
}
