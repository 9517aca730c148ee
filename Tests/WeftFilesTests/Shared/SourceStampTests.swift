import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("The stamp of a model's files")
struct SourceStampTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func digest(_ name: String) throws -> String? {
    try SourceStamp(of: scratch[name]).digest
  }

  /// Waits until what was written is old enough to be told from what is written next.
  private func wait() { Thread.sleep(forTimeInterval: 2.1) }

  private func setTime(_ seconds: Double, of name: String) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: scratch[name])
  }

  @Test("is not known a moment after a change, and is then the same until the next")
  func changes() throws {
    try scratch.write("content", to: "m")
    #expect(try digest("m") == nil)
    wait()
    let first = try #require(try digest("m"))
    #expect(try digest("m") == first)
    #expect(try SourceStamp(of: scratch["m"]).byteCount == 7)
    try scratch.write("Content", to: "m")
    #expect(try digest("m") == nil)
    wait()
    #expect(try #require(try digest("m")) != first)
  }

  /// 1970, before it, 2100, and beyond what nanoseconds can count.
  @Test("is known for any time that a program may set", arguments: [0, -1e9, 4.1e9, 1e10])
  func odd(seconds: Double) throws {
    try scratch.write("content", to: "m")
    let before = try SourceStamp(of: scratch["m"])
    try setTime(seconds, of: "m")
    #expect(try digest("m") == nil)
    wait()
    #expect(try digest("m") != nil)
    #expect(try SourceStamp(of: scratch["m"]) != before)
  }

  @Test("covers every file of a folder but hidden ones")
  func folders() throws {
    try scratch.write("one", to: "d/a/one")
    try scratch.write("two", to: "d/two")
    try scratch.write("hidden", to: "d/.git/x")
    try scratch.write("hidden", to: "d/a/.x")
    #expect(try SourceFiles.of(scratch["d"]).map(\.name) == ["a/one", "two"])
    #expect(try SourceStamp(of: scratch["d"]).byteCount == 6)
    let hash = try SourceFiles.contentHash(of: scratch["d"])
    try scratch.write("other", to: "d/.git/x")
    #expect(try SourceFiles.contentHash(of: scratch["d"]) == hash)
    try FileManager.default.moveItem(atPath: scratch["d/two"], toPath: scratch["d/three"])
    #expect(try SourceFiles.contentHash(of: scratch["d"]) != hash)
  }

  @Test("covers the shards of an index")
  func shards() throws {
    try scratch.write(
      #"{"weight_map": {"x": "m-2.safetensors", "y": "m-1.safetensors"}}"#,
      to: "m.safetensors.index.json")
    try scratch.write("one", to: "m-1.safetensors")
    #expect(throws: FileError.self) { try SourceStamp(of: scratch["m.safetensors.index.json"]) }
    try scratch.write("two", to: "m-2.safetensors")
    let path = scratch["m.safetensors.index.json"]
    #expect(try SourceFiles.of(path).map(\.name) == ["", "m-1.safetensors", "m-2.safetensors"])
    let hash = try SourceFiles.contentHash(of: path)
    try scratch.write("TWO", to: "m-2.safetensors")
    #expect(try SourceFiles.contentHash(of: path) != hash)
  }

  @Test("of a file is its SHA-256, wherever it lies")
  func content() throws {
    try scratch.write("content", to: "m")
    #expect(
      try SourceFiles.contentHash(of: scratch["m"]) == SHA256.digest(Array("content".utf8)))
  }

  @Test("of nothing is an error", arguments: ["none", "empty", "d.safetensors.index.json"])
  func missing(name: String) throws {
    try scratch.write("", to: "empty/.hidden")
    try scratch.write("{", to: "d.safetensors.index.json")
    #expect(actionableError { try SourceStamp(of: scratch[name]) } != nil)
  }
}
