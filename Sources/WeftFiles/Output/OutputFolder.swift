import CSystem
import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// A folder that appears at its path complete or not at all.
///
/// The files go to a hidden sibling, which is locked while it is being written and takes the folder's name in one step;
/// a folder that was there before changes places with it and is removed.
package final class OutputFolder: Sendable {
  /// The path that the folder will have.
  package let path: String
  private let temporaryPath: String
  private let lock: Int32
  private let replaces: Bool

  private init(path: String, temporaryPath: String, lock: Int32, replaces: Bool) {
    self.path = path
    self.temporaryPath = temporaryPath
    self.lock = lock
    self.replaces = replaces
  }

  deinit {
    TemporaryName.remove(temporaryPath)
    TemporaryName.forget(temporaryPath)
    close(lock)
  }

  /// Makes the hidden sibling and refuses what must not be replaced.
  package static func create(
    at path: String, replacing: Bool, inputs: [InputFile] = []
  ) throws(FileError) -> OutputFolder {
    let target = withoutTrailingSlashes(Paths.resolved(path) ?? path)
    try check(target, replacing: replacing, inputs: inputs)
    TemporaryName.removeLeftovers(of: target)
    let sibling = TemporaryName.make(for: target)
    guard mkdir(sibling, 0o777) == 0 else {
      throw FileError(path: path, reason: .cannotCreate(errno))
    }
    TemporaryName.remember(sibling)
    let lock = open(sibling, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard lock >= 0 else { throw FileError(path: path, reason: .cannotCreate(errno)) }
    flock(lock, LOCK_EX | LOCK_NB)
    return OutputFolder(
      path: target, temporaryPath: sibling, lock: lock, replaces: Paths.exists(target))
  }

  /// Throws unless an output folder may appear at the path; nothing is touched.
  package static func check(
    _ path: String, replacing: Bool, inputs: [InputFile] = []
  ) throws(FileError) {
    let target = withoutTrailingSlashes(path)
    let parent = Paths.directory(of: target)
    guard access(Paths.join(parent, "."), W_OK | X_OK) == 0 else {
      throw FileError(path: path, reason: .cannotCreate(errno))
    }
    guard Paths.exists(target) else { return }
    guard Paths.isDirectory(target) else {
      throw FileError(path: path, reason: .cannotCreate(ENOTDIR))
    }
    let resolved = Paths.resolved(target) ?? target
    let isInput = inputs.contains { input in
      (Paths.resolved(input.path) ?? input.path).utf8.starts(with: (resolved + "/").utf8)
    }
    if isInput { throw FileError(path: path, reason: .isInput) }
    guard replacing else { throw FileError(path: path, reason: .exists) }
    guard isModelOrEmpty(target) else { throw FileError(path: path, reason: .foreignFolder) }
  }

  /// Creates a file of the folder, with the folders that it lies in.
  func createFile(_ name: String, byteCount: Int) throws(FileError) -> OutputFile {
    let path = Paths.join(temporaryPath, name)
    try Paths.makeDirectory(Paths.directory(of: path))
    return try OutputFile.create(at: path, byteCount: byteCount, replacing: false)
  }

  /// Gives the folder its name, after its directories are on the disk when `sync` is set.
  package func commit(sync: Bool) throws(FileError) {
    if sync { syncDirectories() }
    try Appearance.perform { () throws(FileError) in
      if replaces {
        try exchange()
      } else {
        try appear()
      }
    }
    if sync { Paths.sync(Paths.directory(of: path)) }
  }

  private func syncDirectories() {
    for name in Paths.names(in: temporaryPath) {
      let child = Paths.join(temporaryPath, name)
      if Paths.isDirectory(child) { Paths.sync(child) }
    }
    Paths.sync(temporaryPath)
  }

  private func appear() throws(FileError) {
    if weft_rename_new(temporaryPath, path) == 0 { return }
    // Some file systems cannot refuse and rename in one step; rename itself takes no folder that holds something.
    guard errno == EINVAL || errno == ENOSYS, !Paths.exists(path),
      rename(temporaryPath, path) == 0
    else {
      throw FileError(path: path, reason: errno == EEXIST ? .exists : .cannotCreate(errno))
    }
  }

  /// Changes places with the old folder, which `deinit` removes under the sibling's name.
  private func exchange() throws(FileError) {
    if weft_rename_exchange(temporaryPath, path) == 0 { return }
    guard errno == EINVAL || errno == ENOSYS else {
      throw FileError(path: path, reason: .cannotCreate(errno))
    }
    let old = TemporaryName.make(for: path)
    guard rename(path, old) == 0 else {
      throw FileError(path: path, reason: .cannotCreate(errno))
    }
    guard rename(temporaryPath, path) == 0 else {
      let code = errno
      rename(old, path)
      throw FileError(path: path, reason: .cannotCreate(code))
    }
    TemporaryName.remove(old)
  }

  /// Only a model's folder is replaced as a whole: a wrong path must not cost anybody their files.
  ///
  /// It has a model's index, or a component's configuration beside weights, and nothing in it, or in the folders
  /// directly below, that models do not have.
  private static func isModelOrEmpty(_ path: String) -> Bool {
    let names = Paths.names(in: path)
    if names.isEmpty { return true }
    let isComponent =
      names.contains(DiffusersFolder.configName)
      && names.contains { $0.hasSuffix(".safetensors") || $0.hasSuffix(".bin") }
    guard isComponent || names.contains(DiffusersFolder.indexName) else { return false }
    return names.allSatisfy { name in
      let child = Paths.join(path, name)
      return Paths.isDirectory(child) && !Paths.isLink(child)
        ? Paths.names(in: child).allSatisfy { isModelFile($0, in: child) }
        : isModelFile(name, in: path)
    }
  }

  /// What files of models are called.
  private static let suffixes = [
    ".json", ".safetensors", ".bin", ".txt", ".model", ".md", ".gitattributes",
  ]

  private static func isModelFile(_ name: String, in folder: String) -> Bool {
    suffixes.contains { name.hasSuffix($0) } && !Paths.isDirectory(Paths.join(folder, name))
  }

  private static func withoutTrailingSlashes(_ path: String) -> String {
    var bytes = Array(path.utf8)
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
