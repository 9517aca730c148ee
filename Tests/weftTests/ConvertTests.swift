import Foundation
import Testing
import WeftFiles

@Suite("weft convert")
struct ConvertCommandTests {
  let folder = try? Folder()

  private func path(_ name: String) throws -> String { try #require(folder).path(name) }

  @Test(
    "the output's name says its format, and the way back gives the same tensors",
    arguments: [
      ("a.safetensors", "safetensors"), ("a.safetensors.zst", "safetensors-zst"),
      ("a.safetensors.wz", "safetensors-wz"),
      ("a.ckpt", "torch-zip"), ("a.pt", "torch-zip"), ("folder/", "diffusers"),
    ])
  func formats(name: String, format: String) throws {
    let there = try path("") + "/" + name
    let result = try Tool.run("convert", DemoFiles.base, "-o", there, "--json")
    #expect(result.status == 0, "\(result.errors)")
    let report = try result.json()
    #expect(report["output"] as? String == there)
    #expect((report["peak_memory_bytes"] as? Int ?? 0) > 0)
    #expect(try Tool.run("inspect", there, "--json").json()["format"] as? String == format)
    let back = try path("back.safetensors")
    #expect(try Tool.run("convert", there, "-o", back).status == 0)
    #expect(try Tool.run("diff", DemoFiles.base, back).status == 0)
    #expect(try Tool.run("verify", there, "--reference", DemoFiles.base).status == 0)
  }

  @Test(
    "what makes no sense is refused with its exit code, and nothing is written",
    arguments: [
      (["-o", "x.model"], 64), (["-o", "x.ckpt", "--max-shard-size", "1MB"], 64),
      (["-o", "x.safetensors", "--max-shard-size", "big"], 64), ([], 64),
      (["-o", "x.safetensors", "--drop-ema", "--prefer-ema"], 64),
      (["-o", "x.safetensors", "--layout", "diffusers"], 2),
      (["-o", "x.safetensors", "--prefer-ema"], 2),
      (["-o", "no/such/folder/x.safetensors"], 73),
    ])
  func refusals(options: [String], status: Int) throws {
    let prefix = try path("")
    let arguments = options.map { $0.hasPrefix("-") || !$0.contains(".") ? $0 : prefix + "/" + $0 }
    let result = try Tool.run(["convert", try DemoFiles.base] + arguments)
    #expect(Int(result.status) == status, "\(result.errors)")
    #expect(result.errorLines.count == 1)
    #expect(try #require(folder).names.isEmpty)
  }

  @Test("an output that exists is kept unless --force, a folder too")
  func existing() throws {
    for name in ["a.safetensors", "folder/", "a.ckpt"] {
      let output = try path("") + "/" + name
      #expect(try Tool.run("convert", DemoFiles.base, "-o", output).status == 0)
      #expect(try Tool.run("convert", DemoFiles.base, "-o", output).status == 73)
      #expect(try Tool.run("convert", DemoFiles.base, "-o", output, "--force").status == 0)
    }
    #expect(try #require(folder).names == ["a.ckpt", "a.safetensors", "folder"])
  }

  @Test("a model cannot be written over itself")
  func itself() throws {
    let copy = try path("model.safetensors")
    try FileManager.default.copyItem(atPath: DemoFiles.base, toPath: copy)
    let before = try InputFile.open(copy).sha256()
    #expect(try Tool.run("convert", copy, "-o", copy, "--dtype", "f32", "--force").status == 73)
    let folder = try path("") + "/folder/"
    #expect(try Tool.run("convert", copy, "-o", folder).status == 0)
    #expect(try Tool.run("convert", folder, "-o", folder, "--force").status == 73)
    #expect(try InputFile.open(copy).sha256() == before)
  }

  @Test("a plan writes nothing and lists what the output leaves out")
  func plan() throws {
    let result = try Tool.run(
      "convert", DemoFiles.base, "-o", path("") + "/folder/", "--plan", "--json")
    #expect(result.status == 0)
    let plan = try result.json()
    let dropped = try #require(plan["dropped"] as? [[String: Any]])
    #expect(dropped.contains { ($0["name"] as? String)?.hasSuffix("position_ids") ?? false })
    #expect((plan["files"] as? [String])?.contains("unet/config.json") ?? false)
    #expect(try #require(folder).names.isEmpty)
  }

  @Test("a fuse writes every container too, and verify proves each")
  func fuse() throws {
    for name in ["f.ckpt", "f.safetensors.zst", "f.safetensors.wz", "f/"] {
      let output = try path("") + "/" + name
      let adapter = try DemoFiles.resAdapter
      let result = try Tool.run(
        "fuse", DemoFiles.base, "--adapter", adapter, "-o", output)
      #expect(result.status == 0, "\(result.errors)")
      let proof = try Tool.run(
        "verify", output, "--base", DemoFiles.base, "--adapter", adapter, "--layout",
        name == "f/" ? "diffusers" : "keep")
      #expect(proof.status == 0, "\(proof.errors)\(proof.output)")
    }
  }

  @Test("a damaged archive or frame is named, and nothing is written")
  func damage() throws {
    for name in ["d.ckpt", "d.safetensors.zst", "d.safetensors.wz"] {
      let input = try path(name)
      #expect(try Tool.run("convert", DemoFiles.base, "-o", input).status == 0)
      let handle = try #require(FileHandle(forUpdatingAtPath: input))
      let middle = try handle.seekToEnd() / 2
      try handle.seek(toOffset: middle)
      let byte = try #require(try handle.read(upToCount: 1)?.first)
      try handle.seek(toOffset: middle)
      try handle.write(contentsOf: Data([byte ^ 0x55]))
      try handle.close()
      let output = try path("out.safetensors")
      let result = try Tool.run("convert", input, "-o", output)
      #expect(result.status == 65, "\(result.errors)")
      #expect(result.errorLines.count == 1)
      #expect(!FileManager.default.fileExists(atPath: output))
    }
  }
}
