import CSystem

#if canImport(Glibc)
  import Glibc
#endif

/// Questions about paths that need no open file.
package enum Paths {
  /// Whether a directory is at the path.
  package static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether anything is at the path; a broken symbolic link counts.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// The names in a directory, sorted; empty when it cannot be read.
  package static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      // In bounds: the system ends d_name with a zero byte.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// A path joined to a name below it.
  package static func join(_ directory: String, _ name: String) -> String {
    directory.utf8.last == slash ? directory + name : directory + "/" + name
  }

  /// The last component of a path, without trailing slashes.
  package static func name(of path: String) -> String {
    path.utf8.split(separator: slash).last.map { String(Substring($0)) } ?? path
  }

  /// The directory that a path lies in.
  package static func directory(of path: String) -> String {
    guard let end = path.utf8.lastIndex(of: slash) else { return "." }
    return end == path.startIndex ? "/" : String(Substring(path.utf8[..<end]))
  }

  /// Whether a name from a file stands for something directly in a folder, and for nothing outside.
  package static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".."
      && !name.utf8.contains(slash) && !name.utf8.contains(0)
  }

  /// Paths are split as bytes: to `Character`, a slash before a combining mark is no slash.
  private static let slash = UInt8(ascii: "/")

  /// The path with every symbolic link followed; nil when it does not lead to anything.
  package static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The space that is left on the disk of a directory, in bytes; nil when it cannot be told.
  package static func freeByteCount(_ directory: String) -> Int? {
    let count = weft_free_bytes(directory)
    return count < 0 ? nil : Int(clamping: count)
  }

  /// Puts a directory's names on the disk; a failure here leaves complete files.
  static func sync(_ path: String) {
    let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }

  /// Makes a directory, and those that it lies in, where there is none.
  package static func makeDirectory(_ path: String) throws(FileError) {
    if isDirectory(path) { return }
    let parent = directory(of: path)
    if parent != path, !isDirectory(parent) { try makeDirectory(parent) }
    guard mkdir(path, 0o777) == 0 || errno == EEXIST, isDirectory(path) else {
      throw FileError(path: path, reason: .cannotCreate(errno))
    }
  }
}
