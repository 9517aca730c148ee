import CSystem
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
  ///
  /// - Returns: whether an output has appeared before; none does afterwards.
  package static func removeUnfinished() -> Bool {
    let hasAppeared = Appearance.end()
    TemporaryName.removeAll()
    return hasAppeared
  }

  /// Reserves the space of an output and refuses what must not be overwritten.
  ///
  /// - Parameters:
  ///   - path: where the file is to appear; a symbolic link is followed.
  ///   - byteCount: its final size.
  ///   - replacing: whether an existing file may be replaced.
  ///   - inputs: files that must never be replaced.
  ///   - named: whether to write to a named sibling even where the file system has files without names.
  /// - Returns: the file, which appears when it is committed.
  /// - Throws: `FileError` for what must not or cannot be written.
  package static func create(
    at path: String, byteCount: Int, replacing: Bool, inputs: [InputFile] = [], named: Bool = false
  ) throws(FileError) -> OutputFile {
    let target = Paths.resolved(path) ?? path
    try check(target, replacing: replacing, inputs: inputs)
    TemporaryName.removeLeftovers(of: target)
    let file = try open(target, replacing: replacing, named: named)
    try file.reserve(byteCount)
    return file
  }

  /// Throws unless an output may appear at the path; nothing is touched.
  package static func check(
    _ path: String, replacing: Bool, inputs: [InputFile] = []
  ) throws(FileError) {
    if path.isEmpty { throw FileError(path: path, reason: .cannotCreate(ENOENT)) }
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
    // "/." makes the system say what is wrong with a folder that is none.
    guard access(Paths.join(directory, "."), W_OK | X_OK) == 0 else {
      throw FileError(path: path, reason: .cannotCreate(errno))
    }
  }

  /// Writes bytes at an offset; threads may write different ranges at once.
  package func write(_ slice: ByteSlice, at offsetInFile: Int) throws(FileError) {
    try withExtendedLifetime(slice) { () throws(FileError) in
      try writeAll(
        UnsafeRawBufferPointer(slice.memory), to: descriptor, at: offsetInFile, path: path)
    }
  }

  /// Writes bytes at an offset.
  package func write(_ bytes: [UInt8], at offsetInFile: Int) throws(FileError) {
    try writeAll(bytes, to: descriptor, at: offsetInFile, path: path)
  }

  /// Lets the disk start on what was written, so that less is left to wait for when the file is committed.
  package func startWriting(_ range: Range<Int>) {
    // Only a matter of speed: whatever it says, commit waits for every byte.
    _ = weft_start_writing(descriptor, Int64(range.lowerBound), Int64(range.count))
  }

  /// Cuts the file, for an output whose size is known only when it is written.
  package func truncate(to byteCount: Int) throws(FileError) {
    guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
      throw FileError(path: path, reason: .writeFailed(errno))
    }
  }

  /// Makes the file appear at its path, after its bytes are on the disk when `sync` is set.
  package func commit(sync: Bool) throws(FileError) {
    if sync { try self.sync() }
    try Appearance.perform { () throws(FileError) in try appear() }
    if sync { Paths.sync(Paths.directory(of: path)) }
  }

  /// Waits until every byte is on the disk.
  func sync() throws(FileError) {
    if fsync(descriptor) != 0 { throw FileError(path: path, reason: .writeFailed(errno)) }
  }

  /// Gives the file its name.
  func appear() throws(FileError) {
    switch (temporaryPath, replaces) {
    case (nil, false): try link(as: path)
    case (nil, true):
      let sibling = TemporaryName.make(for: path)
      try link(as: sibling)
      try rename(sibling)
    case (let sibling?, false): try appear(from: sibling)
    case (let sibling?, true): try rename(sibling)
    }
  }
}

/// `O_TMPFILE`, which the importer leaves out because it is a compound macro.
/// Source: https://github.com/torvalds/linux/blob/v6.6/include/uapi/asm-generic/fcntl.h
let unnamedFile: Int32 = 0o20_000_000 | O_DIRECTORY

extension OutputFile {
  private static func open(
    _ path: String, replacing: Bool, named: Bool
  ) throws(FileError) -> OutputFile {
    if !named, let file = openUnnamed(path, replacing: replacing) { return file }
    return try openNamed(path, replacing: replacing)
  }

  /// Opens a file without a name, or gives nil where the system has none.
  private static func openUnnamed(_ path: String, replacing: Bool) -> OutputFile? {
    // linkat needs /proc to give a file without a name its name.
    guard access("/proc/self/fd", X_OK) == 0 else { return nil }
    let flags = unnamedFile | O_RDWR | O_CLOEXEC
    let descriptor = Glibc.open(Paths.directory(of: path), flags, mode)
    guard descriptor >= 0 else { return nil }
    // For the moment in which commit gives the file a sibling's name.
    flock(descriptor, LOCK_EX | LOCK_NB)
    return OutputFile(path: path, descriptor: descriptor, temporaryPath: nil, replaces: replacing)
  }

  private static func openNamed(
    _ path: String, replacing: Bool
  ) throws(FileError) -> OutputFile {
    while true {
      let sibling = TemporaryName.make(for: path)
      let flags = O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW
      let descriptor = Glibc.open(sibling, flags, mode)
      guard descriptor >= 0 else { throw FileError(path: path, reason: .cannotCreate(errno)) }
      flock(descriptor, LOCK_EX)
      // Another process may have taken it for a leftover before the lock was there.
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_nlink > 0 else {
        close(descriptor)
        continue
      }
      TemporaryName.remember(sibling)
      return OutputFile(
        path: path, descriptor: descriptor, temporaryPath: sibling, replaces: replacing)
    }
  }

  /// What new files may be, before the user's mask.
  private static let mode: mode_t = 0o666

  /// Allocates the blocks now, so that a full disk is known before any work.
  private func reserve(_ byteCount: Int) throws(FileError) {
    guard byteCount > 0 else { return }
    var code: Int32
    repeat { code = posix_fallocate(descriptor, 0, off_t(byteCount)) } while code == EINTR
    switch code {
    case 0: return
    case ENOSPC, EFBIG, EDQUOT:
      throw FileError(path: path, reason: .noSpace(byteCount: byteCount))
    default: throw FileError(path: path, reason: .cannotCreate(code))
    }
  }

  private func link(as name: String) throws(FileError) {
    let unnamed = "/proc/self/fd/\(descriptor)"
    guard linkat(AT_FDCWD, unnamed, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else {
      throw FileError(path: path, reason: errno == EEXIST ? .exists : .cannotCreate(errno))
    }
  }

  /// Gives a named sibling the target's name unless that is taken; `deinit` removes the sibling's own.
  private func appear(from sibling: String) throws(FileError) {
    if Glibc.link(sibling, path) == 0 { return }
    // File systems without hard links cannot refuse and rename in one step.
    if errno == EEXIST || Paths.exists(path) { throw FileError(path: path, reason: .exists) }
    try rename(sibling)
  }

  private func rename(_ sibling: String) throws(FileError) {
    guard Glibc.rename(sibling, path) == 0 else {
      let code = errno
      unlink(sibling)
      throw FileError(path: path, reason: .cannotCreate(code))
    }
  }
}
