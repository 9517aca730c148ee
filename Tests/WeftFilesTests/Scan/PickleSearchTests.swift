import Testing
import WeftFiles
import WeftTensors

@Suite("The search for pickles")
struct PickleSearchTests {
  typealias Forge = TorchForge

  private static func search(_ bytes: [UInt8], name: String = "model.pt") throws -> PickleSearch {
    let scratch = try Scratch()
    return try PickleSearch.search(InputFile.open(scratch.write(bytes, to: name)))
  }

  /// A member that promises far more than it can be worth; its data is damaged, which nobody notices.
  private static func bomb(_ name: String) -> Forge.Member {
    var member = Forge.Member(name, [UInt8](repeating: 7, count: 1 << 20))
    member.method = 8
    member.byteCount = 1 << 30
    return member
  }

  @Test(
    "an archive that unpacks to far more than weights do is an obstacle, and its pickle is seen")
  func bombs() throws {
    let members = Forge.members(TorchStateAttackTests.hostile) + [Self.bomb("archive/other")]
    let search = try Self.search(Forge.zip(members))
    #expect(search.obstacles.map(\.what).count == 1)
    #expect(search.obstacles.first?.what.contains("weights never do") == true)
    #expect(search.found.flatMap(\.globals).map(\.title) == ["posix.system"])
  }

  @Test("only the start of a tensor's data is unpacked")
  func storages() throws {
    // A stored block of zeros, then a kind of block that does not exist.
    let count = 1024
    let block = [0] + Forge.number(count, 2) + Forge.number(~count, 2)
    var member = Forge.Member(
      "archive/data/0",
      block + [UInt8](repeating: 0, count: count) + [UInt8](repeating: 7, count: 100))
    member.method = 8
    member.byteCount = 100_000
    let pickle = Forge.Member("archive/data.pkl", TorchAttackTests.good)
    #expect(try Self.search(Forge.zip([pickle, member])).obstacles.isEmpty)
    // Elsewhere an archive may hide at the end.
    member.name = "archive/other"
    #expect(try Self.search(Forge.zip([pickle, member])).obstacles.count == 1)
  }

  @Test("a TorchScript program is noticed, however deep")
  func torchScript() throws {
    let program = Forge.zip(
      Forge.members(TorchAttackTests.good) + [Forge.Member("archive/code/a.py", [1])])
    #expect(try Self.search(program).scripts == [nil])
    #expect(try Self.search(Forge.zip([Forge.Member("x/a.pt", program)])).scripts == ["x/a.pt"])
    #expect(try Self.search(Forge.zip([Forge.Member("x/code/a.py", [1])])).scripts.isEmpty)
  }

  @Test("a torch file of the old format that is cut anywhere is not passed")
  func cut() throws {
    let bytes = try TorchFixtures.bytes("legacy.pt")
    #expect(try Self.search(bytes).obstacles.isEmpty)
    for count in stride(from: 16, to: bytes.count, by: 41) {
      let search = try Self.search(Array(bytes.prefix(count)))
      let isNoticed = !search.obstacles.isEmpty || search.found.contains { $0.problem != nil }
      #expect(isNoticed, "\(count) bytes")
    }
  }

  static let damaged: [(String, [UInt8], String)] = [
    ("a.safetensors", Array("not a header at all".utf8), "not a safetensors file"),
    ("b.bin", Forge.number(2, 8) + Array("{}".utf8) + [1, 2], "goes on for 2 bytes"),
    ("c", Forge.number(99, 8) + Array("{}".utf8), "does not fit into a file of 10"),
    ("d.safetensors", [], "it is empty"),
  ]

  @Test("a damaged safetensors file is an obstacle with its reason", arguments: damaged)
  func damagedFiles(name: String, bytes: [UInt8], words: String) throws {
    let obstacles = try Self.search(bytes, name: name).obstacles
    #expect(obstacles.count == 1)
    #expect(obstacles.first?.what.contains(words) == true, "\(obstacles)")
  }

  @Test("a sound safetensors file is none")
  func sound() throws {
    #expect(try Self.search(Forge.number(2, 8) + Array("{}".utf8)).obstacles.isEmpty)
  }
}
