import Foundation
import Testing

@Suite("weft recipe")
struct RecipeTests {
  @Test("what show prints of a fused model is a recipe, with the paths of what is found")
  func show() throws {
    let folder = try Folder()
    #expect(try Tool.run("demo", folder.path("demo")).status == 0)
    let fused = folder.path("demo/fused.safetensors")
    let shown = try Tool.run("recipe", "show", fused, "--models", folder.path("demo"))
    #expect(shown.status == 0, "\(shown.errors)")
    #expect(shown.errors.isEmpty)
    #expect(shown.output.contains("fuse: base"))
    let recipe = folder.path("again.yaml")
    try shown.output.write(toFile: recipe, atomically: true, encoding: .utf8)
    let again = try Tool.run("recipe", "show", recipe, "--json")
    let json = try #require(try again.json()["recipe"] as? [String: Any])
    let models = try #require(json["models"] as? [String: [String: Any]])
    #expect(models["base"]?["path"] as? String == folder.path("demo/base.safetensors"))
  }

  @Test("a model that was made in two steps shows both, or one recipe of both with --chain")
  func chain() throws {
    let folder = try Folder()
    #expect(try Tool.run("demo", folder.path("demo")).status == 0)
    let made = folder.path("demo/fused.ckpt")
    let shown = try Tool.run("recipe", "show", made)
    #expect(shown.output.contains("# How 'base' was made:\n#   version: 1\n"))
    let chained = try Tool.run("recipe", "show", made, "--chain", "--models", folder.path("demo"))
    #expect(chained.output.contains("path: \"\(folder.path("demo/base.safetensors"))\""))
    #expect(chained.output.contains("  fused:\n    fuse: base\n"))
    #expect(!chained.output.contains("# How 'base'"))
  }

  @Test("what is not in the folders is said, and the recipe is shown all the same")
  func missing() throws {
    let folder = try Folder()
    #expect(try Tool.run("demo", folder.path("demo")).status == 0)
    let result = try Tool.run(
      "recipe", "show", folder.path("demo/fused.safetensors"), "--models",
      folder.path("demo/resadapter"))
    #expect(result.status == 0)
    #expect(result.errors == "weft: warning: the model 'base' is not in the folders of --models\n")
  }

  @Test("a model without a recipe, a missing file and a wrong recipe have their exit codes")
  func codes() throws {
    let folder = try Folder()
    try SmallFiles.write([.init("a", [2])], to: folder.path("a.safetensors"))
    try "version: 1\nstep: {}\n".write(
      toFile: folder.path("bad.yaml"), atomically: true, encoding: .utf8)
    try "version: 1\nsteps: {a: {fuse: a, adapters: [b.safetensors]}}\n".write(
      toFile: folder.path("misfit.yaml"), atomically: true, encoding: .utf8)
    try SmallFiles.write(
      [.init("a", [2])], metadata: ["weft.recipe": "{"], to: folder.path("b.safetensors"))
    for (name, status) in [
      ("a.safetensors", 1), ("b.safetensors", 65), ("none.yaml", 66), ("none.safetensors", 66),
      ("bad.yaml", 65), ("misfit.yaml", 65),
    ] {
      let result = try Tool.run("recipe", "show", folder.path(name))
      #expect(result.status == Int32(status), "\(name): \(result.errors)")
      #expect(result.errorLines.count == 1 && result.output.isEmpty)
    }
  }

  @Test("the schema is printed as it stands in formats/")
  func schema() throws {
    let result = try Tool.run("recipe", "schema")
    let json = try result.json()
    #expect(json["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
    #expect(result.output.hasSuffix("}\n"))
  }
}
