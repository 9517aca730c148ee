import Testing
import WeftFiles
import WeftPipelines

@Suite("Relative paths")
struct RelativePathTests {
  @Test(
    "lead from one folder to another",
    arguments: [
      ("/a/b", "/a/b", "."), ("/a", "/a/b/c", "b/c"), ("/a/b", "/a", ".."),
      ("/a/b", "/c/d", "../../c/d"), ("/", "/x", "x"), ("/x", "/", ".."), ("/", "/", "."),
      ("/a/b", "/a/bc", "../bc"),
    ])
  func ways(start: String, end: String, way: String) {
    #expect(RelativePath.from(start, to: end) == way)
  }

  @Test("are short below the working folder and absolute elsewhere")
  func short() throws {
    let here = try #require(Paths.resolved("."))
    #expect(RelativePath.short(here) == ".")
    #expect(RelativePath.short(Paths.join(here, "a/b")) == "a/b")
    #expect(RelativePath.short(here + "x/a") == here + "x/a")
    #expect(RelativePath.short("/") == (here == "/" ? "." : "/"))
  }
}
