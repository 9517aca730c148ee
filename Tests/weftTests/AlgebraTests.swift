import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("weft extract, resize and adapter")
struct AlgebraTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func tool(_ arguments: String..., status: Int32 = 0) throws -> Tool.Result {
    let result = try Tool.run(arguments)
    #expect(result.status == status, "\(arguments): \(result.errors)")
    return result
  }

  @Test("what a fuse added is extracted again, and the report has every layer")
  func extract() throws {
    let (base, fused) = (try DemoFiles.base, try DemoFiles.fused)
    let adapter = folder.path("extracted.safetensors")
    let report = folder.path("report.json")
    let json = try tool(
      "extract", fused, "--base", base, "--rank", "16", "--dtype", "f32", "-o", adapter, "--json",
      "--report", report
    ).json()
    let layers = try #require(json["layers"] as? [[String: Any]])
    #expect(layers.count { $0["form"] as? String == "norm" } == 88)
    #expect(layers.count { $0["form"] as? String == "lora" } == 6)
    // The ResAdapter's rank, less what F16 weights could not hold of it.
    #expect(try #require(json["captured_energy"] as? Double) > 0.9)
    #expect(
      (json["left_out"] as? [[String: Any]])?.contains { $0["component"] as? String == "vae" }
        == true)
    #expect(Paths.exists(report))
    let again = folder.path("again.safetensors")
    _ = try tool("fuse", base, "--adapter", adapter, "-o", again, "--quiet")
    let verify = try tool("verify", again, "--reference", fused, "--tolerance", "0.01")
    #expect(verify.output.hasPrefix("pass"))
  }

  @Test("a ResAdapter as one file gives the fuse of its folder, and programs are told apart")
  func singleFile() throws {
    let (base, resAdapter) = (try DemoFiles.base, try DemoFiles.resAdapter)
    let one = folder.path("one.safetensors")
    let quiet = try tool(
      "adapter", "merge", resAdapter, "--for", "a1111", "--base", base, "-o", one)
    #expect(!quiet.errors.contains("passed over"))
    let loud = try tool(
      "adapter", "convert", resAdapter, "--for", "kohya", "--base", base, "-o", one, "--force",
      "--json")
    #expect(loud.errors.contains("passed over by kohya"))
    #expect((try loud.json()["unread"] as? [String: Int])?["w_norm"] == 44)
    let fused = folder.path("fused.safetensors")
    _ = try tool("fuse", base, "--adapter", one, "-o", fused, "--quiet")
    // A value in a million falls on the other side of a tie after the difference was rounded to F32.
    let verify = try tool(
      "verify", fused, "--reference", DemoFiles.fused, "--tolerance", "1e-5")
    #expect(verify.output.hasPrefix("pass"))
  }

  @Test("resize lowers the rank and keeps names")
  func resize() throws {
    let source = try DemoFiles.resAdapter + "/" + AdapterFolder.lowRankName
    let output = folder.path("small.safetensors")
    let json = try tool("resize", source, "--rank", "4", "-o", output, "--json").json()
    let layers = try #require(json["layers"] as? [[String: Any]])
    #expect(layers.count == 6 && layers.allSatisfy { $0["rank"] as? Int == 4 })
    #expect(
      try Checkpoint.open(output).tensors.map(\.info.name)
        == Checkpoint.open(source).tensors.map(\.info.name))
    let existing = try tool("resize", source, "--rank", "4", "-o", output, status: 73)
    #expect(existing.errorLines.count == 1)
  }

  @Test(
    "bad requests are one line and an exit code",
    arguments: [
      (["extract", "BASE", "--base", "BASE", "--rank", "4"], 2, "do not differ"),
      (["extract", "FUSED", "--base", "BASE"], 64, "--rank"),
      (["extract", "FUSED", "--base", "BASE", "--rank", "4", "--energy", "0.5"], 64, "exclude"),
      (["extract", "FUSED", "--base", "BASE", "--rank", "0"], 64, "1 or more"),
      (["extract", "FUSED", "--base", "BASE", "--energy", "1.5"], 64, "at most 1"),
      (
        ["extract", "FUSED", "--base", "BASE", "--rank", "4", "--naming", "sgm"], 64,
        "kohya-diffusers"
      ),
      (
        ["extract", "FUSED", "--base", "BASE", "--rank", "4", "--components", "vae"], 2,
        "no names for vae"
      ),
      (["extract", "FUSED", "--base", "RESADAPTER", "--rank", "4"], 2, "not a model"),
      (["extract", "FUSED", "--base", "nowhere.safetensors", "--rank", "4"], 66, "no such file"),
      (["resize", "RESADAPTER", "--rank", "4"], 2, "2 adapter files"),
      (["resize", "BASE", "--rank", "4"], 2, "not an adapter"),
      (["adapter", "merge", "RESADAPTER"], 2, "give the model that they are for with --base"),
      (["adapter", "merge", "RESADAPTER", "--for", "paint"], 64, "a1111"),
      (
        ["adapter", "convert", "RESADAPTER", "--base", "BASE", "--naming", "diffusers"], 2,
        "no place for"
      ),
      (["adapter", "convert", "RESADAPTER", "--family", "diff", "--rank", "4"], 64, "no rank"),
    ] as [([String], Int32, String)])
  func refusals(arguments: [String], status: Int32, words: String) throws {
    let places = try [
      "BASE": DemoFiles.base, "FUSED": DemoFiles.fused, "RESADAPTER": DemoFiles.resAdapter,
    ]
    let output = folder.path("out.safetensors")
    let result = try Tool.run(arguments.map { places[$0] ?? $0 } + ["-o", output])
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errorLines.count == 1, "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(folder.names.isEmpty)
  }
}
