import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("weft hash")
struct HashTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func run(_ arguments: String...) throws -> Tool.Result {
    try Tool.run(
      ["hash"] + arguments, environment: ["XDG_CACHE_HOME": folder.path("cache")])
  }

  private func files(_ result: Tool.Result) throws -> [[String: Any]] {
    try #require(try result.json()["files"] as? [[String: Any]])
  }

  @Test("a file, an adapter's folder and several paths")
  func paths() throws {
    let (base, adapter) = try (DemoFiles.base, DemoFiles.resAdapter)
    let result = try run(base, adapter, "--json")
    #expect(result.status == 0, "\(result.errors)")
    let files = try files(result)
    #expect(files.map { $0["path"] as? String } == [base, adapter])
    let known = try InputFile.open(base).sha256()
    #expect(files[0]["sha256"] as? String == known)
    #expect(files[0]["autov2"] as? String == String(known.prefix(10)))
    #expect((files[0]["content"] as? String)?.count == 64)
    #expect((files[0]["data_sha256"] as? String)?.count == 64)
    #expect(files[1]["sha256"] is NSNull && files[1]["autov3"] is NSNull)
    #expect((files[1]["content"] as? String)?.count == 64)
    let text = try run(base, adapter).output
    #expect(text.contains("  sha256       \(known)\n"))
    #expect(text.split(separator: "\n").count == 9)
  }

  @Test("a file that was hashed is not read again until it changes, unless that is asked for")
  func caching() throws {
    let path = folder.path("small.safetensors")
    try SmallFiles.write([.init("a", [3])], to: path)
    Thread.sleep(forTimeInterval: 2.1)
    let first = try files(run(path, "--json"))[0]
    let entry = folder.path("cache/weft/hashes") + "/"
    let name = try #require(Paths.names(in: entry).first)
    // An entry of other hashes shows where the answer is from.
    let content = try #require(first["content"] as? String)
    let forged = String(content.reversed())
    let text = try String(contentsOfFile: entry + name, encoding: .utf8)
    try Data(text.replacingOccurrences(of: content, with: forged).utf8)
      .write(to: URL(fileURLWithPath: entry + name))
    #expect(try files(run(path, "--json"))[0]["content"] as? String == forged)
    #expect(try files(run(path, "--json", "--no-cache"))[0]["content"] as? String == content)
    try SmallFiles.write([.init("b", [3])], to: path)
    let changed = try files(run(path, "--json"))[0]["content"] as? String
    #expect(changed != forged && changed != content)
  }

  @Test("a damaged model is hashed and complained about, a missing one stops the run")
  func failures() throws {
    let short = folder.path("short.safetensors")
    try SmallFiles.write([.init("a", [3])], to: short)
    truncate(short, off_t(try InputFile.open(short).byteCount - 1))
    let damaged = try run(short, try DemoFiles.base, "--json")
    #expect(damaged.status == 65)
    #expect(damaged.errorLines.count == 1)
    #expect(try files(damaged).count == 2)
    #expect(try files(damaged)[0]["content"] is NSNull)
    let missing = try run(try DemoFiles.base, folder.path("none"), "--json")
    #expect(missing.status == 66 && missing.output.isEmpty)
    #expect(missing.errorLines.count == 1)
    #expect(try run(folder.url.path).status == 66)
    let note = folder.path("note.txt")
    try Data("no model".utf8).write(to: URL(fileURLWithPath: note))
    #expect(try run(note).status == 0)
  }
}
