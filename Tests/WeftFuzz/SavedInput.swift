import WeftFiles

#if canImport(Glibc)
  import Glibc
#endif

/// Files that are kept beyond a run.
package enum SavedInput {
  /// Writes a file.
  package static func save(_ bytes: [UInt8], to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Finding("cannot create \(path)") }
    defer { close(descriptor) }
    // In bounds: the array's own memory and size.
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard count == bytes.count else { throw Finding("cannot write \(path)") }
  }

  /// Reads a file.
  package static func load(_ path: String) throws -> [UInt8] {
    let file = try InputFile.open(path)
    return try file.bytes(0..<file.byteCount)
  }
}
