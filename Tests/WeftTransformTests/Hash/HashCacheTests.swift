import Foundation
import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("The cache of hashes")
struct HashCacheTests {
  let workshop: Workshop
  let cache: HashCache
  let hashes = ModelHashes(
    sha256: String(repeating: "0a", count: 32), autoV1: "01234567", dataSHA256: nil,
    content: String(repeating: "bc", count: 32))

  init() throws {
    workshop = try Workshop()
    cache = HashCache(folder: workshop.path("cache/below"))
  }

  /// A file that was last changed long enough ago.
  private func oldFile() throws -> InputFile {
    let path = workshop.path("model")
    try Data("content".utf8).write(to: URL(fileURLWithPath: path))
    Thread.sleep(forTimeInterval: 2.1)
    return try InputFile.open(path)
  }

  private func entries() throws -> [String] {
    let folder = workshop.path("cache/below")
    return Paths.names(in: folder).map { Paths.join(folder, $0) }
  }

  @Test("hashes are kept until the file changes in any way")
  func keeping() throws {
    let file = try oldFile()
    #expect(cache.hashes(of: file) == nil)
    cache.keep(hashes, of: file, stampedBefore: try file.stamp())
    #expect(cache.hashes(of: file) == hashes)
    #expect(try entries().count == 1)
    let handle = try #require(FileHandle(forWritingAtPath: file.path))
    try handle.write(contentsOf: Data("C".utf8))
    #expect(cache.hashes(of: file) == nil)
    // The time of the content can be set back, the time of the change cannot.
    cache.keep(hashes, of: file, stampedBefore: try file.stamp())
    #expect(cache.hashes(of: file) == nil)
  }

  @Test("a file that changed lately, or while it was read, is not kept")
  func racing() throws {
    let path = workshop.path("fresh")
    try Data("content".utf8).write(to: URL(fileURLWithPath: path))
    let fresh = try InputFile.open(path)
    cache.keep(hashes, of: fresh, stampedBefore: try fresh.stamp())
    #expect(cache.hashes(of: fresh) == nil)
    let file = try oldFile()
    cache.keep(hashes, of: file, stampedBefore: try fresh.stamp())
    #expect(cache.hashes(of: file) == nil)
    #expect(try entries().isEmpty)
  }

  @Test("a damaged entry is as good as none")
  func damaged() throws {
    let file = try oldFile()
    cache.keep(hashes, of: file, stampedBefore: try file.stamp())
    let entry = try #require(try entries().first)
    let text = try String(contentsOfFile: entry, encoding: .utf8)
    let spoiled = [
      "", "{", String(text.dropLast()), text.replacingOccurrences(of: "0a0a", with: "0a0"),
      text.replacingOccurrences(of: "0a0a", with: "0A0A"),
      text.replacingOccurrences(of: "\"sha256\"", with: "\"sha\""), "[]",
    ]
    for other in spoiled {
      try Data(other.utf8).write(to: URL(fileURLWithPath: entry))
      #expect(cache.hashes(of: file) == nil, "\(other)")
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: entry))
    #expect(cache.hashes(of: file) == hashes)
  }

  @Test("a folder that cannot be made is no failure")
  func unwritable() throws {
    let file = try oldFile()
    let blocked = HashCache(folder: file.path + "/below")
    blocked.keep(hashes, of: file, stampedBefore: try file.stamp())
    #expect(blocked.hashes(of: file) == nil)
  }
}
