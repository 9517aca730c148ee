package import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// A file that appears at its path complete or not at all.
///
/// The bytes go to a file without a name where the file system has that (`O_TMPFILE`), so that nothing is left behind
/// whatever happens, and else to a hidden sibling that is locked while it is being written.
package final class OutputFile: Sendable {
  /// The path that the file will have.
  package let path: String
  private let descriptor: Int32
  /// The hidden sibling, or nil for a file without a name.
  private let temporaryPath: String?
  private let replaces: Bool

  private init(path: String, descriptor: Int32, temporaryPath: String?, replaces: Bool) {
    self.path = path
    self.descriptor = descriptor
    self.temporaryPath = temporaryPath
    self.replaces = replaces
  }

  deinit {
    if let temporaryPath {
      unlink(temporaryPath)
      TemporaryName.forget(temporaryPath)
    }
    close(descriptor)
  }

  /// Removes what unfinished outputs left on the disk, for a process that is about to end.
  package static func removeUnfinished() { TemporaryName.removeAll() }

  /// Reserves the space of an output and refuses what must not be overwritten.
  ///
  /// - Parameters:
  ///   - path: where the file is to appear; a symbolic link is followed.
  ///   - byteCount: its final size.
  ///   - replacing: whether an existing file may be replaced.
  ///   - inputs: files that must never be replaced.
  package static func create(
    at path: String, byteCount: Int, replacing: Bool, inputs: [InputFile] = []
  ) throws(FileError) -> OutputFile {
    let target = Paths.resolved(path) ?? path
    try check(target, replacing: replacing, inputs: inputs)
    let file = try open(target, replacing: replacing)
    try file.reserve(byteCount)
    return file
  }

  /// Throws unless an output may appear at the path; nothing is touched.
  package static func check(
    _ path: String, replacing: Bool, inputs: [InputFile] = []
  ) throws(FileError) {
    if Paths.isDirectory(path) { throw FileError(path: path, reason: .cannotCreate(EISDIR)) }
    if let identity = InputFile.Identity(path: path) {
      if inputs.contains(where: { $0.identity == identity }) {
        throw FileError(path: path, reason: .isInput)
      }
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        throw FileError(path: path, reason: .cannotCreate(EINVAL))
      }
    }
    if Paths.exists(path), !replacing { throw FileError(path: path, reason: .exists) }
    let directory = Paths.directory(of: path)
    guard access(directory, W_OK) == 0 else {
      throw FileError(path: path, reason: .cannotCreate(errno))
    }
  }

  /// Writes bytes at an offset; threads may write different ranges at once.
  package func write(_ slice: ByteSlice, at offsetInFile: Int) throws(FileError) {
    try withExtendedLifetime(slice) { () throws(FileError) in
      try write(UnsafeRawBufferPointer(slice.memory), at: offsetInFile)
    }
  }

  /// Writes bytes at an offset.
  package func write(_ bytes: [UInt8], at offsetInFile: Int) throws(FileError) {
    var failure: FileError?
    bytes.withUnsafeBytes { memory in
      do throws(FileError) { try write(memory, at: offsetInFile) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Makes the file appear at its path, after its bytes are on the disk when `sync` is set.
  package func commit(sync: Bool) throws(FileError) {
    if sync, fsync(descriptor) != 0 { throw FileError(path: path, reason: .writeFailed(errno)) }
    if let temporaryPath {
      try rename(temporaryPath)
    } else if replaces, Paths.exists(path) {
      let sibling = TemporaryName.make(for: path)
      try link(as: sibling)
      try rename(sibling)
    } else {
      try link(as: path)
    }
    if sync { syncDirectory() }
  }
}

/// `O_TMPFILE`, which the importer leaves out because it is a compound macro.
/// Source: https://github.com/torvalds/linux/blob/v6.6/include/uapi/asm-generic/fcntl.h
private let unnamedFile: Int32 = 0o20_000_000 | O_DIRECTORY

extension OutputFile {
  private static func open(_ path: String, replacing: Bool) throws(FileError) -> OutputFile {
    TemporaryName.removeLeftovers(of: path)
    let mode: mode_t = 0o666
    // linkat needs /proc to give a file without a name its name.
    if access("/proc/self/fd", X_OK) == 0 {
      let flags = unnamedFile | O_RDWR | O_CLOEXEC
      let descriptor = Glibc.open(Paths.directory(of: path), flags, mode)
      if descriptor >= 0 {
        flock(descriptor, LOCK_EX | LOCK_NB)
        return OutputFile(
          path: path, descriptor: descriptor, temporaryPath: nil, replaces: replacing)
      }
    }
    let sibling = TemporaryName.make(for: path)
    let descriptor = Glibc.open(sibling, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw FileError(path: path, reason: .cannotCreate(errno)) }
    flock(descriptor, LOCK_EX | LOCK_NB)
    TemporaryName.remember(sibling)
    return OutputFile(
      path: path, descriptor: descriptor, temporaryPath: sibling, replaces: replacing)
  }

  /// Allocates the blocks now, so that a full disk is known before any work.
  private func reserve(_ byteCount: Int) throws(FileError) {
    guard byteCount > 0 else { return }
    switch posix_fallocate(descriptor, 0, off_t(byteCount)) {
    case 0: return
    case ENOSPC, EFBIG, EDQUOT:
      throw FileError(path: path, reason: .noSpace(byteCount: byteCount))
    case let code: throw FileError(path: path, reason: .cannotCreate(code))
    }
  }

  /// Writes until the memory is used up; `written + count` never passes its end.
  private func write(
    _ memory: UnsafeRawBufferPointer, at offsetInFile: Int
  ) throws(FileError) {
    var written = 0
    while written < memory.count, let base = memory.baseAddress {
      let count = pwrite(
        descriptor, base + written, memory.count - written, off_t(offsetInFile + written))
      if count > 0 {
        written += count
      } else if count == 0 || errno != EINTR {
        throw FileError(path: path, reason: .writeFailed(count == 0 ? EIO : errno))
      }
    }
  }

  private func link(as name: String) throws(FileError) {
    let unnamed = "/proc/self/fd/\(descriptor)"
    guard linkat(AT_FDCWD, unnamed, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else {
      throw FileError(path: path, reason: errno == EEXIST ? .exists : .cannotCreate(errno))
    }
  }

  private func rename(_ sibling: String) throws(FileError) {
    // RENAME_NOREPLACE would be exact; a file that appeared since the check is refused here instead.
    if !replaces, Paths.exists(path) {
      unlink(sibling)
      throw FileError(path: path, reason: .exists)
    }
    guard Glibc.rename(sibling, path) == 0 else {
      let code = errno
      unlink(sibling)
      throw FileError(path: path, reason: .cannotCreate(code))
    }
  }

  /// The rename itself is on the disk once its directory is; a failure here leaves a complete file.
  private func syncDirectory() {
    let directory = Glibc.open(Paths.directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }
}
