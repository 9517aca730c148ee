import Testing
import WeftFiles
import WeftTensors

@Suite("Torch files that are no sound checkpoints")
struct TorchStateAttackTests {
  typealias Forge = TorchForge

  static let states: [(String, [UInt8], TorchError.Problem)] = [
    (
      "two tensors of a name", Forge.state([("w", Forge.tensor()), ("w", Forge.tensor())]),
      .duplicateName
    ),
    (
      "a long name", Forge.state([(String(repeating: "n", count: 2000), Forge.tensor())]),
      .longName(byteCount: 2000)
    ),
    ("no tensors", Forge.state([("w", [0x4E])]), .noStateDict),
    (
      "a dictionary within itself",
      Forge.join([0x80, 2, 0x7D, 0x71, 0], Forge.text("a"), [0x68, 0, 0x73, 0x2E]), .tooManyValues
    ),
    ("dictionaries that double 39 times", doubling, .tooManyTensors),
  ]

  /// A dictionary that holds another twice, which holds another twice, and so on.
  private static let doubling: [UInt8] = {
    var bytes = Forge.join([0x80, 2, 0x7D, 0x71, 0], Forge.text("x"), Forge.tensor(), [0x73])
    for level in 1..<40 {
      let inner: [UInt8] = [0x68, UInt8(level - 1)]
      bytes += [0x7D, 0x71, UInt8(level), 0x28]
      bytes += Forge.join(Forge.text("a"), inner, Forge.text("b"), inner, [0x75])
    }
    return bytes + [0x2E]
  }()

  @Test("a pickle without a sound set of tensors is refused", arguments: states)
  func unsoundState(title: String, pickle: [UInt8], problem: TorchError.Problem) throws {
    let error = try TorchAttackTests.error(of: Forge.checkpoint(pickle)) as? TorchError
    #expect(error?.problem == problem, "\(title)")
  }

  @Test(
    "a member outside the archive's folder is refused",
    arguments: ["other/x", "archive/../x", "archive\\x"])
  func outside(name: String) throws {
    let bytes = Forge.zip(Forge.members(TorchAttackTests.good) + [Forge.Member(name, [1])])
    #expect(try (TorchAttackTests.error(of: bytes) as? TorchError)?.problem == .memberOutside(name))
  }

  static let hostile = Array("cposix\nsystem\n(S'id'\ntR.".utf8)

  @Test("a pickle without tensors is refused with what it names")
  func namesInstead() throws {
    let members = Forge.checkpoint(Self.hostile)
    for bytes in [members, [0x80, 2] + Self.hostile, Self.hostile] {
      let error = try #require(try TorchAttackTests.error(of: bytes))
      #expect(error.status == .badData)
      #expect(error.what.contains("posix.system"), "\(error.what)")
      #expect(error.advice.contains("weft scan"), "\(error.advice)")
    }
  }

  @Test("content that is no safetensors file is called what it is")
  func otherContent() throws {
    let empty: [UInt8] = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)
    let contents: [([UInt8], String)] = [
      (empty, "a zip archive without members"),
      (
        Array("junk before it".utf8) + Forge.checkpoint(TorchAttackTests.good),
        "zip archive with other bytes"
      ),
      (Array("(lp0\nS'a'\np1\na.".utf8), "a Python pickle of protocol 0"),
      (Array("some text that is nothing else".utf8), "not a safetensors file: it does not start"),
    ]
    for (bytes, words) in contents {
      let error = try #require(try TorchAttackTests.error(of: bytes))
      #expect(error.status == .badData)
      #expect(error.what.contains(words), "\(error.what)")
    }
  }

  @Test("a checkpoint keeps what its pickle names beside tensors")
  func globals() throws {
    let system = Forge.join(
      Forge.global("posix", "system"), Forge.tuple([Forge.text("id")]), [0x52])
    let state = Forge.state([("w", Forge.tensor()), ("x", system)])
    let scratch = try Scratch()
    let path = try scratch.write(Forge.checkpoint(state), to: "model.pt")
    let checkpoint = try Checkpoint.open(path)
    let global = try #require(checkpoint.globals.first { $0.title == "posix.system" })
    #expect(state[global.offset...].starts(with: Forge.global("posix", "system")))
    let legacy = try Checkpoint.open(TorchFixtures.path("legacy.pt"))
    #expect(legacy.globals.contains { $0.title == "torch.FloatStorage" })
  }

  @Test("archives that are no checkpoints are named")
  func others() throws {
    let script = Forge.zip(
      Forge.members(TorchAttackTests.good) + [Forge.Member("archive/code/a.py", [1])])
    #expect(try (TorchAttackTests.error(of: script) as? TorchError)?.problem == .torchScript)
    let plain = Forge.zip([Forge.Member("a/readme", [1])])
    #expect(try (TorchAttackTests.error(of: plain) as? TorchError)?.problem == .noPickle)
    let nested = Forge.zip([Forge.Member("model.pt", Forge.checkpoint(TorchAttackTests.good))])
    #expect(try (TorchAttackTests.error(of: nested) as? TorchError)?.problem == .noPickle)
    #expect(
      try (TorchAttackTests.error(of: [0x80, 2, 0x4E, 0x2E]) as? TorchError)?.problem
        == .plainPickle)
  }

  @Test("a checkpoint that is cut anywhere is refused", arguments: ["plain.pt", "legacy.pt"])
  func cut(name: String) throws {
    let bytes = try TorchFixtures.bytes(name)
    for count in stride(from: 4, to: bytes.count, by: 41) {
      let error = try TorchAttackTests.error(of: Array(bytes.prefix(count)))
      #expect(error?.status == .badData, "\(count) bytes: \(error?.what ?? "read")")
    }
  }

  @Test(
    "a byte that is changed gives tensors or an error, never a crash",
    arguments: ["views.pt", "views-legacy.pt", "deflated.pt"])
  func changed(name: String) throws {
    let bytes = try TorchFixtures.bytes(name)
    for offset in stride(from: 0, to: bytes.count, by: 7) {
      var copy = bytes
      copy[offset] ^= 0xFF
      if let error = try TorchAttackTests.error(of: copy) { #expect(error.status == .badData) }
    }
  }
}
