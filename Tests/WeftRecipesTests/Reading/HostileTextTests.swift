import Testing
import WeftRecipes
import WeftTensors

/// A text that would cost far more than its length.
struct HostileText: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let text: String
  let message: String

  init(_ name: String, _ text: String, _ message: String) {
    testDescription = name
    self.text = text
    self.message = message
  }

  /// Nine aliases of nine aliases of ..., 29 levels deep.
  static let laughs =
    "version: 1\na0: &a0 [x]\n"
    + (1..<30).map { level in
      "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ","))]\n"
    }.joined()

  static let all = [
    HostileText("aliases of aliases", laughs, "anchors (&) and aliases (*) are not read"),
    HostileText("as a key", laughs + "? *a29\n: 1\n? *a29\n: 2\n", "anchors (&) and aliases (*)"),
    HostileText("open brackets", String(repeating: "[", count: 500_000), "nested too deeply"),
    HostileText("open braces", String(repeating: "{a: ", count: 200_000), "nested too deeply"),
    HostileText("dashes", String(repeating: "- ", count: 500_000), "nested too deeply"),
    HostileText("questions", String(repeating: "? ", count: 500_000), "nested too deeply"),
    HostileText(
      "indentation",
      (0..<1000).map { String(repeating: " ", count: $0) + "a:\n" }.joined(), "nested too deeply"),
    HostileText(
      "depth within the guard's limits",
      (0..<100).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
      "values are nested deeper than 12"),
    HostileText(
      "elements", "a: [" + String(repeating: "a,", count: 500_000) + "]",
      "more than 20000 lines and commas"),
    HostileText("lines", String(repeating: "#\n", count: 500_000), "more than 20000 lines"),
    HostileText(
      "steps",
      "version: 1\nsteps:\n"
        + (0..<501).map { " s\($0): {fuse: s\($0 + 1), adapters: [x.safetensors]}\n" }.joined(),
      "there are 501 steps"),
    HostileText(
      "models",
      "version: 1\nsteps:\n a:\n  merge: sum\n  models: ["
        + Array(repeating: "m", count: 501).joined(separator: ",") + "]",
      "the step 'a' has 501 models"),
    HostileText("a huge text", String(repeating: " ", count: 1 << 20) + " ", "over the limit"),
    HostileText("a zero byte", "version: 1\0", "control characters are not allowed"),
    HostileText("half a character", "version: \"\\ud800\"", "invalid Unicode character escape"),
  ]
}

@Suite("Hostile texts")
struct HostileTextTests {
  @Test("a text that would cost far more than its length is refused", arguments: HostileText.all)
  func refuse(hostile: HostileText) throws {
    let error = try #require(try problem(Array(hostile.text.utf8)))
    #expect(error.status == .badData)
    #expect(error.description.contains(hostile.message), "\(error)")
    #expect(!error.description.contains("\n"))
    #expect(error.description.utf8.count < 1000)
  }

  @Test("bytes that are not UTF-8 are refused")
  func notUTF8() throws {
    let error = try #require(try problem([0xFF, 0xFE, 0x61, 0x00]))
    #expect(error.what == "the text is not UTF-8")
  }

  @Test("a byte order mark and the line ends of Windows are read")
  func windows() throws {
    let text = "\u{FEFF}version: 1\r\nmodels: {a: a.ckpt}\r\n"
    #expect(try recipe(text).models.map(\.path) == ["a.ckpt"])
  }

  @Test(
    "a text in quotes may hold what would be an anchor or an alias",
    arguments: ["&x", "*x", "- &x"])
  func quoted(name: String) throws {
    let text = "version: 1\nmodels: {a: \"./\(name) \(name)\"}\n"
    #expect(try recipe(text).models.map(\.path) == ["./\(name) \(name)"])
  }

  @Test("every cut of a recipe reads or gives one error, and no cut traps")
  func cuts() throws {
    let bytes = Array(RecipeReaderTests.whole.utf8)
    for count in 0..<bytes.count {
      if let error = try problem(Array(bytes[..<count])) {
        #expect(!error.description.contains("\n"))
      }
    }
  }

  @Test("a recipe with a changed byte reads or gives one error, and none traps")
  func changes() throws {
    let bytes = Array(RecipeReaderTests.whole.utf8)
    for index in stride(from: 0, to: bytes.count, by: 7) {
      for byte in "\"'&*!|>{}[],:#%@`- \n\t\0é".utf8 {
        var changed = bytes
        changed[index] = byte
        if let error = try problem(changed) { #expect(error.place != nil) }
      }
    }
  }
}
