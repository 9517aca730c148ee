import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("InputFile")
struct InputFileTests {
  static let foreign: [([UInt8], String)] = [
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4, 0], "a 7z archive"),
    ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0], "a gzip-compressed file"),
    (Array("<!DOCTYPE html><html>".utf8), "a web page"),
    (Array("<html><body>".utf8), "a web page"),
    (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "a git-lfs pointer"),
    ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], "a picture"),
  ]

  @Test("content of another kind is named", arguments: foreign)
  func foreignContent(bytes: [UInt8], title: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(bytes, to: "model.safetensors")
    let error = actionableError { try Checkpoint.open(path) }
    #expect(error?.what == "this is \(title), not a model that weft reads")
    #expect(error?.status == .badData)
  }

  @Test("a header whose length spells the start of a pickle is no pickle", arguments: ["{", " {"])
  func pickleLength(start: String) throws {
    let scratch = try Scratch()
    let header = start + "}" + String(repeating: " ", count: 0x280 - start.utf8.count - 1)
    let path = try scratch.write(safetensors(header), to: "model")
    #expect(try Checkpoint.open(path).tensors.isEmpty)
  }

  @Test("what is not a readable file is refused without waiting for it")
  func notFiles() throws {
    let scratch = try Scratch()
    mkfifo(scratch["pipe"], 0o600)
    try scratch.write("x", to: "file")
    symlink("loop", scratch["loop"])
    #expect(Self.reason(scratch["pipe"]) == .notAFile)
    #expect(Self.reason(scratch.path) == .notAFile)
    #expect(Self.reason("/dev/null") == .notAFile)
    #expect(Self.reason(scratch["none"]) == .missing)
    #expect(Self.reason("") == .missing)
    #expect(Self.reason(scratch["file/below"]) == .unreadable(ENOTDIR))
    #expect(Self.reason(scratch["loop"]) == .unreadable(ELOOP))
    #expect(Self.reason(scratch[String(repeating: "n", count: 256)]) == .unreadable(ENAMETOOLONG))
  }

  @Test("a file without permission is refused", .enabled(if: geteuid() != 0, "root reads all"))
  func unreadable() throws {
    let scratch = try Scratch()
    chmod(try scratch.write("x", to: "file"), 0)
    #expect(Self.reason(scratch["file"]) == .unreadable(EACCES))
  }

  @Test("a file that shrinks after its header was read gives an error of reading")
  func shrinking() throws {
    let scratch = try Scratch()
    let path = try scratch.write(safetensors(names: ["a", "b"]), to: "model")
    let checkpoint = try Checkpoint.open(path)
    let offset = try #require(checkpoint["b"]).offset
    truncate(path, off_t(offset))
    let error = #expect(throws: FileError.self) { try checkpoint["b"]?.bytes() }
    #expect(error?.reason == .shortRead(offsetInFile: offset))
    #expect(error?.status == .inputOutput)
  }

  @Test("opening what is refused leaks no descriptor")
  func descriptors() throws {
    let scratch = try Scratch()
    let path = try scratch.write("no model", to: "model")
    // Other tests open files at the same time, but far fewer than this.
    for _ in 0..<3000 {
      _ = try? Checkpoint.open(path)
      _ = try? InputFile.open(scratch.path)
    }
    #expect(Paths.names(in: "/proc/self/fd").count < 1500)
  }

  private static func reason(_ path: String) -> FileError.Reason? {
    let error = #expect(throws: FileError.self) { try InputFile.open(path) }
    return error?.reason
  }
}
