import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("weft grid")
struct GridTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func grid(_ arguments: [String], status: Int32 = 0) throws -> Tool.Result {
    let result = try Tool.run(
      ["grid", try DemoFiles.base, "--prompt", "a castle, at sea", "--steps", "1"] + arguments)
    #expect(result.status == status, "\(arguments): \(result.errors)")
    return result
  }

  @Test("makes the figure of a ResAdapter, whose cells are what txt2img makes")
  func figure() throws {
    let (sheet, cells) = (folder.path("g.png"), folder.path("cells"))
    _ = try grid([
      "--adapter", try DemoFiles.resAdapter, "--axis", "adapter-scale=0,1", "--axis",
      "size=64x64,96x64", "-o", sheet, "--cells", cells,
    ])
    let file = try PictureFile.read(sheet)
    #expect(file.picture.width > 192 && file.picture.height > 128)
    let record = try JSONValue(parsing: Array(try #require(file["weft-grid"]).utf8))
    #expect(record["cells"]?.elements?.count == 4)
    let single = folder.path("s.png")
    let result = try Tool.run([
      "txt2img", try DemoFiles.base, "--prompt", "a castle, at sea", "--steps", "1", "-W", "96",
      "-H", "64", "--adapter", try DemoFiles.resAdapter, "-o", single,
    ])
    #expect(result.status == 0, "\(result.errors)")
    let cell = try PictureFile.read(Paths.join(cells, "1-2-2.png"))
    #expect(try cell.picture == PictureFile.read(single).picture)
  }

  @Test(
    "refuses axes that are none",
    arguments: [
      (["seed"], "KEY=VALUE"), (["sede=1"], "adapter-scale"), (["size=100x64"], "100x64"),
      (["seed=1,2", "seed=3"], "own axis"), (["steps=0"], "steps"), (["steps=1:4:2"], "1:4:2"),
      (["seed=1", "steps=1", "cfg-scale=1", "size=64x64"], "4 axes"), (["seed=1,,2"], "no number"),
      ([], "0 axes"), (["steps=1:100:1", "seed=1:100:1"], "10000 pictures"),
    ])
  func refusals(_ axes: [String], _ words: String) throws {
    let result = try grid(
      ["-o", folder.path("x.png")] + axes.flatMap { ["--axis", $0] }, status: 64)
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test(
    "refuses cells that are there and an axis of adapters without one, before anything is computed")
  func early() throws {
    let cells = folder.path("there")
    try FileManager.default.createDirectory(atPath: cells, withIntermediateDirectories: true)
    try Data().write(to: URL(filePath: Paths.join(cells, "1-1-2.png")))
    let sheet = folder.path("e.png")
    _ = try grid(["--axis", "seed=1,2", "--cells", cells, "-o", sheet], status: 73)
    let result = try grid(["--axis", "adapter-scale=0,1", "-o", sheet], status: 64)
    #expect(result.errors.contains("--adapter"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: cells) == ["1-1-2.png"])
  }

  @Test("takes values with commas in quotes, and ranges of numbers")
  func values() throws {
    let sheet = folder.path("q.png")
    _ = try grid([
      "-W", "64", "-H", "64", "--axis", "prompt=\"a, b\",c", "--axis", "cfg-scale=1:2:0.5", "-o",
      sheet,
    ])
    let record = try JSONValue(
      parsing: Array(try #require(PictureFile.read(sheet)["weft-grid"]).utf8))
    #expect(record["cells"]?.elements?.count == 6)
  }
}
