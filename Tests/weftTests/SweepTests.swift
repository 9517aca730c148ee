import Foundation
import Testing

@Suite("weft fuse --sweep")
struct SweepTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func sweep(_ options: String...) throws -> Tool.Result {
    try Tool.run(["fuse", DemoFiles.base, "--adapter", DemoFiles.resAdapter] + options)
  }

  @Test("every variant is the model that a fuse of its own gives", arguments: ["1", "3"])
  func variants(threads: String) throws {
    let result = try sweep(
      "--sweep", "scale=0:1:0.5", "-o", folder.path("out.safetensors"), "--threads", threads,
      "--json", "--hash")
    #expect(result.status == 0, "\(result.errors)")
    let outputs = try #require(try result.json()["outputs"] as? [[String: Any]])
    #expect(outputs.count == 3)
    for (value, output) in zip(["0", "0.5", "1"], outputs) {
      let path = folder.path("out-scale-\(value).safetensors")
      #expect(output["output"] as? String == path)
      let alone = folder.path("alone-\(value).safetensors")
      let fuse = try Tool.run(
        "fuse", DemoFiles.base, "--adapter", "\(DemoFiles.resAdapter):\(value)", "-o", alone,
        "--hash")
      #expect(fuse.status == 0, "\(fuse.errors)")
      #expect(FileManager.default.contentsEqual(atPath: path, andPath: alone))
    }
  }

  @Test("one variant may be the base itself, and folders are named before their slash")
  func baseItself() throws {
    let result = try sweep(
      "--norm", "skip", "--sweep", "scale=-1:1:1", "-o", folder.path("made.v1") + "/")
    #expect(result.status == 0, "\(result.errors)")
    let made = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    #expect(made == ["made.v1-scale--1", "made.v1-scale-0", "made.v1-scale-1"])
    let verify = try Tool.run(
      "verify", folder.path("made.v1-scale-0"), "--reference", DemoFiles.base)
    #expect(verify.status == 0, "\(verify.output)")
  }

  @Test(
    "what cannot be swept is refused and nothing is written",
    arguments: [
      ("scale=0:1:0.3", 64), ("scale=0:1", 64), ("scale=0:1:0", 64), ("scale=1:0:0.5", 64),
      ("strength=0:1:0.5", 64), ("scale=0:nan:1", 64), ("scale=0:1:1e-1", 64),
      ("2.scale=0:1:1", 64),
      ("0.scale=0:1:1", 64), ("norm=0:1:0.5", 64), ("scale=0:9:0.1", 64), ("scale=0:1:1e999", 64),
    ])
  func refusals(sweep argument: String, status: Int) throws {
    let result = try sweep("--sweep", argument, "-o", folder.path("out.safetensors"))
    #expect(Int(result.status) == status, "\(result.errors)")
    #expect(result.errorLines.count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }

  @Test("two sweeps at once are refused")
  func twice() throws {
    let result = try sweep(
      "--sweep", "scale=0:1:1", "--sweep", "te=0:1:1", "-o", folder.path("out.safetensors"))
    #expect(result.status == 64 && result.errorLines.count == 1, "\(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }

  @Test(
    "compressed variants are refused, by their name and by --to",
    arguments: [
      ["-o", "out.safetensors.zst"], ["-o", "out.safetensors.wz"],
      ["-o", "out", "--to", "safetensors.zst"], ["-o", "out", "--to", "safetensors.wz"],
    ])
  func compressed(options: [String]) throws {
    let paths = [options[0], folder.path(options[1])] + options.dropFirst(2)
    let result = try Tool.run(
      ["fuse", DemoFiles.base, "--adapter", DemoFiles.resAdapter, "--sweep", "scale=0:1:1"] + paths)
    #expect(result.status == 64 && result.errorLines.count == 1, "\(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }

  @Test("an existing variant stops the run before anything is written")
  func existing() throws {
    let path = folder.path("out-scale-1.safetensors")
    #expect(FileManager.default.createFile(atPath: path, contents: Data("mine".utf8)))
    let result = try sweep("--sweep", "scale=0:1:1", "-o", folder.path("out.safetensors"))
    #expect(result.status == 73)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        == ["out-scale-1.safetensors"])
  }
}
