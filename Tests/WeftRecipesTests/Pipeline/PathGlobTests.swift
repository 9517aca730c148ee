import Testing
import WeftRecipes

@Suite("Globs of paths")
struct PathGlobTests {
  @Test(
    "a glob fits the paths that a shell would give, and no others",
    arguments: [
      ("a/b.ckpt", ["a/b.ckpt", "./a/b.ckpt", "a//b.ckpt", "a/b.ckpt/"], ["b.ckpt", "/a/b.ckpt"]),
      ("./a/*.ckpt", ["a/b.ckpt", "./a/.ckpt/../b.ckpt".replacing("/.ckpt/..", with: "")], ["a"]),
      (
        "*.ckpt", ["a.ckpt", "é.ckpt", "a.b.ckpt"], ["a/b.ckpt", ".ckpt", ".a.ckpt", "a.ckpt2", ""]
      ),
      (".*", [".a", "." + "b"], ["a", "a.b"]),
      ("a*", ["a", "ab", "a.b"], ["b", "a/b"]),
      ("*a*b*", ["ab", "xaxbx", "aab", "ba/../ab".suffix(2).description], ["ba", "b", "a/b"]),
      ("?.pt", ["a.pt", "é.pt", "猫.pt", "\u{1F600}.pt"], [".pt", "..pt", "ab.pt", "e\u{301}.pt"]),
      ("[a-c]x", ["ax", "bx", "cx"], ["dx", "x", "-x", "abx"]),
      ("[!a-c]x", ["dx", "-x", "éx"], ["ax", "x", ".x"]),
      ("[.]x", [], [".x", "[.]x"]),
      ("[]a]x", ["]x", "ax"], ["bx", "[]a]x"]),
      ("[a-]x", ["ax", "-x"], ["bx"]),
      ("[z-a]x", [], ["ax", "zx", "-x", "mx"]),
      ("[*]", ["*"], ["a", "[*]"]),
      ("a[b", ["a[b"], ["ab"]),
      ("**", ["a", "a/b", "a/b/c"], [".a", "a/.b", "/a", ""]),
      ("**/x", ["x", "a/x", "a/b/x"], ["ax", ".a/x", "a/.b/x", "/x", "x/a"]),
      ("a/**", ["a/b", "a/b/c"], ["a", "b/a", "a/.b", "a/b/.c"]),
      ("a/**/b", ["a/b", "a/x/b", "a/x/y/b", "a/b/b"], ["ab", "a/.x/b", "a/b/c"]),
      ("**/a/**/b", ["a/b", "x/a/b", "a/x/a/y/b"], ["b/a", "a/.x/b", "b"]),
      ("**/.a/**/b", [".a/b", "x/.a/y/b"], ["x/.a/.y/b", ".x/.a/b"]),
      ("a**b", ["ab", "axb"], ["a/b", "ax/yb"]),
      (
        "/data/**/*.ckpt", ["/data/a.ckpt", "/data/x/y/a.ckpt"], ["data/a.ckpt", "/data/.x/a.ckpt"]
      ),
      ("é", ["é"], ["e\u{301}"]),
      ("", [], ["a"]),
    ] as [(String, [String], [String])])
  func fits(pattern: String, fitting: [String], others: [String]) {
    let glob = PathGlob(pattern)
    for path in fitting { #expect(glob.matches(path), "\(path)") }
    for path in others { #expect(!glob.matches(path), "\(path)") }
  }

  @Test("a glob without a slash fits the last name, one with a slash the whole path")
  func names() {
    #expect(PathGlob("*-inpainting*").fits("/models/a/x-inpainting.ckpt"))
    #expect(PathGlob("*-inpainting*").fits("x-inpainting/"))
    #expect(!PathGlob("*-inpainting*").fits("x-inpainting/model.ckpt"))
    #expect(PathGlob("old/*").fits("old/a.ckpt"))
    #expect(!PathGlob("old/*").fits("models/old/a.ckpt"))
    #expect(!PathGlob("*").fits(".hidden"))
    #expect(!PathGlob("*").fits("/"))
  }

  @Test(
    "a path without wildcards stands for itself",
    arguments: [
      ("a/b.ckpt", false), ("a[b", false), ("a/*.ckpt", true), ("**/a", true), ("a?", true),
      ("[a]", true), ("", false),
    ])
  func wildcards(pattern: String, hasWildcards: Bool) {
    #expect(PathGlob(pattern).hasWildcards == hasWildcards)
  }

  @Test("a pattern that could go wrong in many ways takes time in proportion to it and the path")
  func hostile() {
    let name = String(repeating: "a", count: 10_000)
    #expect(!PathGlob(String(repeating: "a*", count: 500) + "b").matches(name))
    let path = String(repeating: "a/", count: 5000)
    #expect(!PathGlob(String(repeating: "**/a/", count: 200) + "b").matches(path))
    #expect(PathGlob(String(repeating: "**/", count: 1000) + "a").matches(path))
  }
}
