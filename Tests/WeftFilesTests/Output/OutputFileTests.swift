import Foundation
import Testing
import WeftFiles

@Suite("OutputFile")
struct OutputFileTests {
  static let names = [
    "out", "with space", "ünï-\u{1F600}", "\u{301}mark", String(repeating: "n", count: 255),
    String(repeating: "\u{1F600}", count: 63),
  ]

  @Test("a file appears at commit and not before", arguments: names, [false, true])
  func appears(name: String, named: Bool) throws {
    let scratch = try Scratch()
    let output = try OutputFile.create(
      at: scratch[name], byteCount: 4, replacing: false, named: named)
    try output.write([3, 4], at: 2)
    try output.write([1, 2], at: 0)
    #expect(!Paths.exists(scratch[name]))
    #expect(scratch.names.count == (named ? 1 : 0))
    try output.commit(sync: true)
    #expect(try scratch.bytes(name) == [1, 2, 3, 4])
    withExtendedLifetime(output) {}
  }

  @Test(
    "nothing is left of a dropped output or of a committed one's work", arguments: [false, true])
  func leavesNothing(named: Bool) throws {
    let scratch = try Scratch()
    try {
      _ = try OutputFile.create(at: scratch["a"], byteCount: 9, replacing: false, named: named)
    }()
    #expect(scratch.names.isEmpty)
    for replacing in [false, true] {
      try Self.put([1], at: scratch["a"], replacing: replacing, named: named)
      #expect(scratch.names == ["a"])
    }
  }

  @Test(
    "an existing file is refused, also one that appears during the work", arguments: [false, true])
  func exists(named: Bool) throws {
    let scratch = try Scratch()
    let output = try OutputFile.create(
      at: scratch["a"], byteCount: 1, replacing: false, named: named)
    try scratch.write([9], to: "a")
    #expect(Self.reason { try output.commit(sync: false) } == .exists)
    #expect(Self.reason { try Self.put([1], at: scratch["a"], named: named) } == .exists)
    #expect(try scratch.bytes("a") == [9])
  }

  @Test("who has the old file open keeps it", arguments: [false, true])
  func replaces(named: Bool) throws {
    let scratch = try Scratch()
    let reader = try InputFile.open(try scratch.write([1, 2], to: "a"))
    try Self.put([3], at: scratch["a"], replacing: true, named: named)
    #expect(try reader.bytes(0..<2) == [1, 2])
    #expect(try scratch.bytes("a") == [3])
  }

  @Test("an input is never replaced, by whatever name", arguments: ["in", "soft", "hard", "./in"])
  func inputs(name: String) throws {
    let scratch = try Scratch()
    let input = try InputFile.open(try scratch.write([1], to: "in"))
    symlink("in", scratch["soft"])
    link(scratch["in"], scratch["hard"])
    let reason = Self.reason {
      try OutputFile.create(at: scratch[name], byteCount: 1, replacing: true, inputs: [input])
    }
    #expect(reason == .isInput)
  }

  @Test("a symbolic link is followed")
  func symbolicLink() throws {
    let scratch = try Scratch()
    try scratch.write([1], to: "folder/a")
    symlink("folder/a", scratch["link"])
    try Self.put([2], at: scratch["link"], replacing: true)
    #expect(try scratch.bytes("folder/a") == [2])
    #expect(scratch.names == ["folder", "link"])
  }

  @Test("what cannot hold a file is refused before any work")
  func cannotCreate() throws {
    let scratch = try Scratch()
    try scratch.write([1], to: "file")
    let cases: [(String, Int32)] = [
      (scratch.path, EISDIR), (scratch["file/below"], ENOTDIR), (scratch["none/a"], ENOENT),
      ("/dev/null", EINVAL), ("", ENOENT), ("/proc/weft", 0),
    ]
    for (path, code) in cases {
      let reason = Self.reason { try OutputFile.create(at: path, byteCount: 1, replacing: true) }
      if code != 0 { #expect(reason == .cannotCreate(code), "\(path)") }
      #expect(reason != nil)
    }
  }

  @Test("what a killed run left is removed, and what a living one writes is not")
  func leftovers() throws {
    let scratch = try Scratch()
    let living = try OutputFile.create(at: scratch["a"], byteCount: 1, replacing: true, named: true)
    let sibling = try #require(scratch.names.first)
    try scratch.write([1], to: ".a.weft-1-dead")
    mkfifo(scratch[".a.weft-pipe"], 0o600)
    try scratch.write([1], to: ".b.weft-1-dead")
    try Self.put([2], at: scratch["a"])
    #expect(scratch.names == [sibling, ".b.weft-1-dead", "a"].sorted())
    try living.commit(sync: false)
    #expect(scratch.names == [".b.weft-1-dead", "a"])
  }

  @Test("permissions follow the user's mask", arguments: [false, true])
  func permissions(named: Bool) throws {
    let scratch = try Scratch()
    let mask = umask(0)
    umask(mask)
    try Self.put([1], at: scratch["a"], named: named)
    var status = stat()
    #expect(stat(scratch["a"], &status) == 0)
    #expect(status.st_mode & 0o777 == 0o666 & ~mask)
  }

  @Test(
    "a full disk is known before any work, and nothing is left on it", arguments: [false, true])
  func noSpace(named: Bool) throws {
    let scratch = try Scratch()
    guard mount("tmpfs", scratch.path, "tmpfs", 0, "size=1m") == 0 else {
      return print("skipped: a small file system cannot be mounted here")
    }
    defer { umount2(scratch.path, Int32(MNT_DETACH)) }
    let reason = Self.reason {
      try OutputFile.create(at: scratch["a"], byteCount: 2 << 20, replacing: false, named: named)
    }
    #expect(reason == .noSpace(byteCount: 2 << 20))
    #expect(scratch.names.isEmpty)
    try Self.put([UInt8](repeating: 1, count: 512 << 10), at: scratch["b"], named: named)
  }

  private static func put(
    _ bytes: [UInt8], at path: String, replacing: Bool = false, named: Bool = false
  ) throws {
    let output = try OutputFile.create(
      at: path, byteCount: bytes.count, replacing: replacing, named: named)
    try output.write(bytes, at: 0)
    try output.commit(sync: false)
  }

  private static func reason(_ body: () throws -> some Any) -> FileError.Reason? {
    let error = #expect(throws: FileError.self) { _ = try body() }
    return error?.reason
  }
}
