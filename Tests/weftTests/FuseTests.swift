import Foundation
import Testing
import WeftFiles

@Suite("weft fuse")
struct FuseTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test("a ResAdapter is fused and the result proves right")
  func fuseAndVerify() throws {
    let output = folder.path("fusé model.safetensors")
    let report = folder.path("report.json")
    let fuse = try Tool.run(
      "fuse", DemoFiles.base, "--adapter", DemoFiles.resAdapter, "-o", output, "--json",
      "--report", report)
    #expect(fuse.status == 0, "\(fuse.errors)")
    let json = try fuse.json()
    let adapters = try #require(json["adapters"] as? [[String: Any]])
    #expect(adapters.first?["tensors"] as? Int == 106)
    #expect(adapters.first?["applied"] as? Int == 106)
    #expect(adapters.first?["family"] as? String == "resadapter")
    #expect((json["tensors"] as? [String: Int])?["changed"] == 94)
    #expect(FileManager.default.fileExists(atPath: report))
    let verify = try Tool.run(
      "verify", output, "--base", DemoFiles.base, "--adapter", DemoFiles.resAdapter, "--json")
    #expect(verify.status == 0, "\(verify.output) \(verify.errors)")
    #expect(try verify.json()["verdict"] as? String == "pass")
  }

  @Test("the bytes do not depend on threads, syncing or the paths", arguments: ["1", "2", "3"])
  func determinism(threads: String) throws {
    let output = folder.path("out.safetensors")
    let copy = folder.path("résadapter copy")
    try FileManager.default.copyItem(atPath: DemoFiles.resAdapter, toPath: copy)
    let result = try Tool.run(
      "fuse", DemoFiles.base, "--adapter", "\(copy):1", "-o", output, "--threads", threads,
      "--no-sync", "--quiet")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.isEmpty && result.errors.isEmpty)
    #expect(
      FileManager.default.contentsEqual(atPath: output, andPath: try DemoFiles.fused))
  }

  @Test("untouched tensors keep their bytes, and the rest is named by diff")
  func untouched() throws {
    let result = try Tool.run("diff", DemoFiles.base, DemoFiles.fused, "--json")
    #expect(result.status == 1)
    let json = try result.json()
    let changed = try #require(json["changed"] as? [[String: Any]])
    #expect(changed.count == 94)
    #expect((json["only_in_a"] as? [String])?.isEmpty == true)
    #expect(try Tool.run("diff", DemoFiles.base, DemoFiles.base).status == 0)
  }

  @Test(
    "norm modes and scales give models that prove right with the same options only",
    arguments: [
      ([":0.5"], []), ([":unet=0.25,te=2"], ["--norm", "skip"]),
      ([":norm=0.5"], ["--norm", "lerp"]), ([":-1"], ["--dtype", "f32"]),
      ([":1"], ["--dtype", "bf16"]), ([""], ["--alpha-zero", "rank"]),
      ([":0.5,lbw=all0.5,lbw-resadapter=1"], []),
      ([":lbw=0,0,0.5,0,1,0,0,0,0,0,0,0,0,0,0,0,0,lbw-rest=-1,lbw-resadapter=1"], []),
    ] as [([String], [String])])
  func options(scale: [String], options: [String]) throws {
    let output = folder.path("out.safetensors")
    let adapter = try DemoFiles.resAdapter + scale[0]
    let fuse = try Tool.run(
      ["fuse", DemoFiles.base, "--adapter", adapter, "-o", output, "--quiet"] + options)
    #expect(fuse.status == 0, "\(fuse.errors)")
    let arguments = try ["verify", output, "--base", DemoFiles.base, "--adapter"]
    let right = try Tool.run(arguments + [adapter] + options)
    #expect(right.status == 0, "\(right.output) \(right.errors)")
    let wrong = try Tool.run(arguments + [DemoFiles.resAdapter + ":0.75"] + options)
    #expect(wrong.status == 2)
    #expect(wrong.errors.contains("contradict"))
  }

  @Test("the plan says what would be done and writes nothing")
  func plan() throws {
    let result = try Tool.run(
      "fuse", DemoFiles.base, "--adapter", DemoFiles.resAdapter, "--plan", "-o",
      folder.path("x.safetensors"))
    #expect(result.status == 0)
    for word in ["sd15", "resadapter", "106 of 106", "0.5 · up · down", "memory"] {
      #expect(result.output.contains(word), "\(word) is not in \(result.output)")
    }
    #expect(folder.names.isEmpty)
  }

  @Test("several adapters are summed and rounded once")
  func several() throws {
    let lora = folder.path("lora.safetensors")
    let stem = "lora_unet_down_blocks_0_downsamplers_0_conv"
    try SmallFiles.write(
      SmallFiles.kohyaPair(stem, rows: 32, rank: 3, columns: [32, 3, 3]), to: lora)
    let output = folder.path("out.safetensors")
    let adapters = try ["--adapter", DemoFiles.resAdapter, "--adapter", lora + ":0.3"]
    let fuse = try Tool.run(
      ["fuse", DemoFiles.base, "-o", output, "--quiet"] + adapters)
    #expect(fuse.status == 0, "\(fuse.errors)")
    let verify = try Tool.run(["verify", output, "--base", DemoFiles.base] + adapters)
    #expect(verify.status == 0, "\(verify.output)")
  }

  @Test("a planted fault is found and named")
  func plantedFault() throws {
    let file = folder.path("bad.safetensors")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: DemoFiles.fused))
    bytes[bytes.count - 3] ^= 0x10
    try bytes.write(to: URL(fileURLWithPath: file))
    let verify = try Tool.run(
      "verify", file, "--base", DemoFiles.base, "--adapter", DemoFiles.resAdapter, "--json")
    #expect(verify.status == 1)
    let json = try verify.json()
    #expect(json["verdict"] as? String == "fail")
    #expect((json["worst"] as? [String: Any])?["differing"] as? Int == 1)
  }
}
