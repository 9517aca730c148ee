import Testing
import WeftFiles

@Suite("A reader of lines")
struct LineReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func lines(_ path: String, from offset: Int = 0) throws -> [(String, Bool, Int)] {
    var reader = LineReader(try InputFile.open(path), from: offset)
    var lines: [(String, Bool, Int)] = []
    while let (line, isWhole) = try reader.next() {
      lines.append((String(decoding: line, as: UTF8.self), isWhole, reader.offsetInFile))
    }
    return lines
  }

  @Test(
    "gives every line, and says of the last whether it has an end",
    arguments: [
      ("", [], []), ("a", ["a"], [1]), ("a\n", ["a"], [2]), ("\n", [""], [1]),
      ("a\n\nbc\r\nd", ["a", "", "bc\r", "d"], [2, 3, 7, 8]),
    ])
  func texts(text: String, expected: [String], offsets: [Int]) throws {
    let lines = try lines(try scratch.write(text, to: "t"))
    #expect(lines.map(\.0) == expected)
    #expect(lines.map(\.2) == offsets)
    #expect(
      lines.map(\.1) == expected.indices.map { $0 < expected.count - 1 || text.hasSuffix("\n") })
  }

  /// Around the size of the blocks that are read, 256 KiB.
  @Test(
    "joins the parts of a line that blocks cut",
    arguments: [262_142, 262_143, 262_144, 262_145, 600_000])
  func longLines(count: Int) throws {
    let long = String(repeating: "x", count: count)
    let path = try scratch.write("\(long)\nshort\n\(long)\n\nend", to: "t")
    let lines = try lines(path)
    #expect(lines.map(\.0) == [long, "short", long, "", "end"])
    for (index, line) in lines.enumerated().dropLast() {
      #expect(try self.lines(path, from: line.2).map(\.0) == lines[(index + 1)...].map(\.0))
    }
  }

  @Test("gives a line that is too long in parts that are not whole")
  func tooLong() throws {
    let limit = LineReader.maximumByteCount
    let path = try scratch.write(
      [UInt8](repeating: 0x78, count: 2 * limit + 5) + Array("\nlast\n".utf8), to: "t")
    let lines = try lines(path)
    #expect(lines.map(\.1).contains(false))
    #expect(lines.allSatisfy { $0.0.utf8.count <= limit + 1 << 18 })
    #expect(lines.last?.0 == "last")
    #expect(lines.last?.1 == true)
    #expect(lines.last?.2 == 2 * limit + 11)
  }
}
