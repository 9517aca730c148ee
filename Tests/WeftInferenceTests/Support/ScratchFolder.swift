import Foundation

/// The temporary folder of the process, which is removed when it ends.
enum ScratchFolder {
  /// The folder.
  static let url: URL = {
    atexit { try? FileManager.default.removeItem(at: ScratchFolder.url) }
    return FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID().uuidString)")
  }()

  /// Writes a file and makes the folders that it is in.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let file = URL(filePath: path)
    try makeFolder(of: path)
    try Data(bytes).write(to: file)
  }

  /// Makes the folder that a file is to be in.
  static func makeFolder(of path: String) throws {
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
  }
}
