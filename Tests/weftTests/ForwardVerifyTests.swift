import Foundation
import Testing
import WeftTensors

@Suite("weft verify --level forward")
struct ForwardVerifyTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func json(_ result: Tool.Result) throws -> JSONValue {
    try JSONValue(parsing: Array(result.output.utf8))
  }

  @Test("a fuse computes what its base and the adapter beside the layers compute")
  func fuse() throws {
    let (page, suite) = (folder.path("proof.html"), folder.path("proof.xml"))
    let result = try Tool.run(
      "verify", DemoFiles.fused, "--base", DemoFiles.base, "--adapter", DemoFiles.resAdapter,
      "--level", "forward", "--json", "--html", page, "--junit", suite)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    let proof = try json(result)
    #expect(proof["verdict"]?.text == "pass" && proof["level"]?.text == "forward")
    let components = proof["forward"]?["components"]?.elements ?? []
    #expect(
      components.compactMap { $0["name"]?.text }
        == ["text-encoder", "unet", "vae-encoder", "vae-decoder"])
    let unet = try #require(components.first { $0["name"]?.text == "unet" })
    #expect(
      unet["cases"]?.elements?.compactMap { $0["timestep"]?.integer }
        == [981, 801, 601, 401, 201, 21])
    let worst = try #require(unet["worst_module"]?["relative_l2"]?.double)
    #expect(worst > 0 && worst < 2e-3)
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("unet: error by depth"))
    #expect(
      try String(contentsOfFile: suite, encoding: .utf8).contains("unet: the outputs are"))
  }

  @Test("another model is told apart, with the first module that is off")
  func other() throws {
    let result = try Tool.run(
      "verify", DemoFiles.fused, "--reference", DemoFiles.base, "--level", "forward",
      "--component", "unet", "--json")
    #expect(result.status == 1)
    let unet = try json(result)["forward"]?["components"]?.elements?.first
    #expect(unet?["first_divergent"]?["module"]?.text == "down_blocks.0.resnets.0.norm1")
  }

  @Test("what a fuse must have is told without its values")
  func structure() throws {
    let options = try ["--base", DemoFiles.base, "--adapter", DemoFiles.resAdapter]
    let level = ["--level", "structure"]
    #expect(try Tool.run(["verify", DemoFiles.fused] + options + level).status == 0)
    let folderOnly = try Tool.run(["verify", DemoFiles.resAdapter] + options + level)
    #expect(folderOnly.status == 1, "\(folderOnly.errors)")
  }

  @Test(
    "options that go with running networks are refused without it",
    arguments: [
      ["--component", "unet"], ["--level", "forward", "--inputs", "in.safetensors"],
      ["--level", "forward", "--component", "unt"],
    ])
  func usage(_ options: [String]) throws {
    let result = try Tool.run(
      ["verify", DemoFiles.fused, "--reference", DemoFiles.base] + options)
    #expect(result.status == 64)
  }
}
