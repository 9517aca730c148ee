import WeftFiles

/// Writes small texts such as reports as a whole or not at all.
enum SmallFile {
  /// Writes a text, replacing what is there.
  static func write(_ text: String, to path: String) throws {
    let bytes = Array(text.utf8)
    let file = try OutputFile.create(at: path, byteCount: bytes.count, replacing: true)
    try file.write(bytes, at: 0)
    try file.commit(sync: false)
  }
}
