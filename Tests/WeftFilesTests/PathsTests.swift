import Testing
import WeftFiles

@Suite("Paths")
struct PathsTests {
  @Test(
    "a path is split at its last slash, whatever follows it",
    arguments: [
      ("a", ".", "a"), ("/a", "/", "a"), ("a/b", "a", "b"), ("/a/b c", "/a", "b c"),
      ("a/\u{301}x", "a", "\u{301}x"), ("é/ü", "é", "ü"),
    ])
  func split(path: String, directory: String, name: String) {
    #expect(Array(Paths.directory(of: path).utf8) == Array(directory.utf8))
    #expect(Array(Paths.name(of: path).utf8) == Array(name.utf8))
  }

  @Test("joining puts one slash between")
  func join() {
    #expect(Paths.join("a", "b") == "a/b")
    #expect(Paths.join("a/", "b") == "a/b")
    #expect(Paths.join("/", "b") == "/b")
  }
}
