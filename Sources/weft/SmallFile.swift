import WeftFiles

#if canImport(Glibc)
  import Glibc
#endif

/// A small text such as a report, which appears as a whole or not at all.
struct SmallFile {
  let path: String
  let replaces: Bool

  /// Refuses, before any work, a path that exists, is an input or is another output of the command.
  init(
    path: String, replacing: Bool, inputs: [InputFile], otherOutput others: String?...
  ) throws(FileError) {
    try OutputFile.check(path, replacing: replacing, inputs: inputs)
    let places = others.compactMap { $0.map(Self.place) }
    if places.contains(Self.place(of: path)) {
      throw FileError(path: path, reason: .isInput)
    }
    self.path = path
    replaces = replacing
  }

  /// A page about something that goes on, which replaces its earlier state and nothing else.
  init(page path: String) throws(FileError) {
    let start = (try? InputFile.open(path)).flatMap { file in
      try? file.bytes(0..<min(file.byteCount, Self.pageStart.utf8.count))
    }
    try self.init(path: path, replacing: start == Array(Self.pageStart.utf8), inputs: [])
  }

  /// How the pages of weft begin.
  private static let pageStart = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"

  /// Writes the text.
  func write(_ text: String) throws(FileError) {
    let bytes = Array(text.utf8)
    let file = try OutputFile.create(at: path, byteCount: bytes.count, replacing: replaces)
    try file.write(bytes, at: 0)
    try file.commit(sync: false)
  }

  /// A path whose folder is spelled without links, so that two spellings of one file compare as equal.
  private static func place(of path: String) -> String {
    let folder = Paths.directory(of: path)
    return Paths.join(Paths.resolved(folder) ?? folder, Paths.name(of: path))
  }
}
