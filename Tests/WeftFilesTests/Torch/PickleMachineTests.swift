import Testing
import WeftFiles
import WeftTensors

@Suite("The pickle machine")
struct PickleMachineTests {
  /// What a pickle names, after decoding it as a file.
  private static func search(_ bytes: [UInt8], name: String = "x.pkl") throws -> PickleSearch {
    let scratch = try Scratch()
    return try PickleSearch.search(InputFile.open(scratch.write(bytes, to: name)))
  }

  private static func pickle(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// Pickles that would run a command, by the instruction that hides it.
  static let exploits: [(String, [UInt8])] = [
    ("REDUCE", pickle("cos\nsystem\n(S'id'\ntR.")),
    ("INST", pickle("(S'id'\nios\nsystem\n.")),
    ("OBJ", pickle("(cos\nsystem\nS'id'\no.")),
    ("a call that is dropped", pickle("cos\nsystem\n(S'id'\ntR0N.")),
    ("NEWOBJ", join([0x80, 2], pickle("cos\nsystem\n)"), [0x81, 0x2E])),
    (
      "STACK_GLOBAL",
      join([0x80, 4, 0x8C, 2], pickle("os"), [0x8C, 6], pickle("system"), [0x93, 0x2E])
    ),
    (
      "escapes in a name",
      join(pickle("S'o\\x73'\nS'\\163ystem'\n"), [0x93], pickle(")R."))
    ),
    (
      "a swapped memo",
      join(
        pickle("S'torch'\np0\n0S'os'\np0\n0S'LongStorage'\np1\n0S'system'\np1\n0g0\ng1\n"),
        [0x93], pickle(")R."))
    ),
    (
      "a frame whose length lies",
      join(
        [0x80, 4, 0x95], [UInt8](repeating: 0xFF, count: 8), pickle("cos\nsystem\n)R."))
    ),
    ("two protocols", join([0x80, 2, 0x80, 5], pickle("cos\nsystem\n)R."))),
    ("the second of two pickles", pickle("N.cos\nsystem\n(S'id'\ntR.")),
    ("before garbage", join(pickle("cos\nsystem\n(S'id'\ntR"), [0xFF, 0xFE])),
    ("before the end of the file", pickle("cos\nsystem\n(S'id'\ntR")),
    ("BUILD", pickle("cos\nsystem\n}b.")),
    ("a mark that POP drops", pickle("(0cos\nsystem\n)R.")),
  ]

  private static func join(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

  @Test("what would be called is recorded, however it is hidden", arguments: exploits)
  func recorded(title: String, bytes: [UInt8]) throws {
    let found = try Self.search(bytes).found
    #expect(found.flatMap(\.globals).map(\.title).contains("os.system"), "\(title)")
  }

  @Test("a name that is computed, or a number of a registry, is recorded as such")
  func computed() throws {
    let typeConfusion: [UInt8] = [0x80, 4, 0x4B, 1, 0x8C, 1, 0x78, 0x93, 0x29, 0x52, 0x2E]
    #expect(try Self.search(typeConfusion).found.first?.globals.first?.isComputed == true)
    for code in [[0x82, 1], [0x83, 1, 0], [0x84, 1, 0, 0, 0]] as [[UInt8]] {
      let globals = try Self.search(Self.join([0x80, 2], code, [0x29, 0x52, 0x2E])).found.first?
        .globals
      #expect(globals?.first?.isComputed == true)
    }
  }

  static let malformed: [(String, [UInt8], PickleError.Problem)] = [
    ("a missing memo", [0x80, 2, 0x68, 7, 0x2E], .missingMemo(index: 7)),
    ("no mark", [0x80, 2, 0x74, 0x2E], .noMark),
    ("an empty stack", [0x80, 2, 0x2E], .emptyStack),
    ("a value below a mark", [0x80, 2, 0x4E, 0x28, 0x85, 0x2E], .emptyStack),
    ("an item for a number", [0x80, 2, 0x4B, 1, 0x4E, 0x61, 0x2E], .wrongKind),
    ("an unknown instruction", [0x80, 2, 0xFF], .unknownOpcode(0xFF)),
    ("an unknown protocol", [0x80, 6, 0x4E, 0x2E], .unknownProtocol(6)),
    (
      "a text longer than the file", join([0x80, 4, 0x8D], [UInt8](repeating: 0x7F, count: 8)),
      .truncated
    ),
    ("a number longer than the file", [0x80, 2, 0x8B, 0xFF, 0xFF, 0xFF, 0x7F], .truncated),
    ("a negative length", [0x80, 2, 0x8B, 0xFF, 0xFF, 0xFF, 0xFF], .malformedValue),
    ("a buffer that is elsewhere", [0x80, 5, 0x97, 0x2E], .outsideBuffer),
    ("no end", [0x80, 2, 0x4E], .truncated),
  ]

  @Test("a malformed pickle ends at its fault", arguments: malformed)
  func faults(title: String, bytes: [UInt8], problem: PickleError.Problem) throws {
    #expect(try Self.search(bytes).found.first?.problem == problem, "\(title)")
  }

  /// Pickles that would take all memory or time: how they start, and what they repeat.
  static let bombs: [(String, [UInt8], [UInt8])] = [
    ("lists", [], [0x5D]), ("marks", [], [0x28]), ("copies", [0x5D], [0x32]),
    ("places", [0x5D], [0x4E, 0x61]), ("memo", [0x4E], [0x94]), ("calls", [0x29], [0x29, 0x52]),
    ("names", [], pickle("cx\ny\n0")), ("instructions", [], [0x4E, 0x30]),
  ]

  @Test("a pickle that would take all memory is stopped within a second", arguments: bombs)
  func bomb(title: String, first: [UInt8], unit: [UInt8]) throws {
    // More than every limit.
    let body = repeatElement(unit, count: 34_000_000 / unit.count).joined()
    let bytes = Self.join([0x80, 4], first, Array(body))
    let scratch = try Scratch()
    let file = try InputFile.open(scratch.write(bytes, to: "x.pkl"))
    let start = ContinuousClock.now
    #expect(try PickleSearch.search(file).found.first?.problem != nil, "\(title)")
    // Three times the promised second, for a machine that builds and tests at the same time.
    #expect(ContinuousClock.now - start < .seconds(10), "\(title)")
  }

  @Test("tuples that double a million times cost a million steps")
  func sharing() throws {
    let body = Array(repeatElement([0x32, 0x86] as [UInt8], count: 1_000_000).joined())
    let search = try Self.search(Self.join([0x80, 2, 0x29], body, [0x2E]))
    #expect(search.found.count == 1 && search.found[0].problem == nil)
  }

  @Test("a list that holds itself is decoded")
  func cycle() throws {
    let search = try Self.search([0x80, 2, 0x5D, 0x71, 0, 0x68, 0, 0x61, 0x2E])
    #expect(search.found.first?.problem == nil)
  }

  @Test(
    "data that is no pickle is none", arguments: ["hello", "(cat", "N", "class A:\n  pass\n"])
  func others(text: String) throws {
    let search = try Self.search(Array(text.utf8), name: "notes.txt")
    #expect(search.found.isEmpty && search.obstacles.isEmpty)
  }
}
