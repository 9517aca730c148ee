import Foundation
import Testing
import WeftFiles

@Suite("PatchedFile")
struct PatchedFileTests {
  @Test("bytes are overwritten where they are, and the size stays")
  func writes() throws {
    let scratch = try Scratch()
    let file = try PatchedFile.open(try scratch.write([1, 2, 3, 4], to: "a"))
    try file.write([9, 8], at: 1)
    try file.sync()
    #expect(try scratch.bytes("a") == [1, 9, 8, 4])
    #expect(try file.bytes(0..<4) == [1, 9, 8, 4])
    for (offset, count) in [(3, 2), (4, 1), (-1, 1), (.max, 1), (0, 5)] {
      #expect(throws: FileError.self) {
        try file.write([UInt8](repeating: 0, count: count), at: offset)
      }
    }
    #expect(try scratch.bytes("a") == [1, 9, 8, 4])
  }

  @Test("only one at a time may change a file")
  func locks() throws {
    let scratch = try Scratch()
    let path = try scratch.write([1], to: "a")
    let first = try PatchedFile.open(path)
    #expect(Self.reason { try PatchedFile.open(path) } == .isBusy)
    withExtendedLifetime(first) {}
  }

  @Test("what is missing, protected or no file is refused")
  func refused() throws {
    let scratch = try Scratch()
    let path = try scratch.write([1], to: "a")
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
    #expect(Self.reason { try PatchedFile.open(path) } == .writeProtected)
    #expect(Self.reason { try PatchedFile.open(scratch["none"]) } == .missing)
    #expect(Self.reason { try PatchedFile.open(scratch.path) } == .notAFile)
  }

  @Test(
    "a path is found again from another folder",
    arguments: [("a/b/m", "a/u", "b/m"), ("m", "a/b", "../../m"), ("a/m", "a", "m")])
  func relative(target: String, directory: String, expected: String) throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(
      atPath: scratch["a/b"], withIntermediateDirectories: true)
    let path = try scratch.write([1], to: target)
    let folder = directory.hasSuffix("u") ? scratch["a"] : scratch[directory]
    #expect(Paths.relative(path, from: folder) == expected)
  }

  private static func reason(_ body: () throws -> some Any) -> FileError.Reason? {
    do {
      _ = try body()
      return nil
    } catch { return (error as? FileError)?.reason }
  }
}
