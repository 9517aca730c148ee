import Foundation
import Testing

@Suite("weft merge")
struct MergeTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func write(_ text: String, to name: String = "recipe.yaml") throws -> String {
    let path = folder.path(name)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// Two models of one architecture: the demonstration's base, and the same with a ResAdapter in it.
  private func twoStepRecipe(alpha: String = "0.25") throws -> String {
    try write(
      """
      version: 1
      models:
        plain: "\(DemoFiles.base)"
        fused: "\(DemoFiles.fused)"
      steps:
        mixed:
          merge: weighted-sum
          models: [plain, fused]
          options: {alpha: \(alpha)}
        again:
          fuse: mixed
          adapters: [{path: "\(DemoFiles.resAdapter)", scale: 0.5}]
          norm: lerp
      """, to: "recipe \(alpha).yaml")
  }

  @Test("a recipe of two steps is made in one pass, proves right, and can be shown and made again")
  func recipe() throws {
    let recipe = try twoStepRecipe()
    let output = folder.path("out.safetensors")
    let merge = try Tool.run("merge", recipe, "-o", output, "--json")
    #expect(merge.status == 0, "\(merge.errors)")
    let diff = try Tool.run("diff", DemoFiles.base, output, "--json")
    #expect(try (diff.json()["changed"] as? [[String: Any]])?.count == 94)
    let verify = try Tool.run("verify", output, "--recipe", recipe, "--json")
    #expect(verify.status == 0, "\(verify.output) \(verify.errors)")
    let shown = try Tool.run("recipe", "show", output)
    #expect(shown.status == 0, "\(shown.errors)")
    let copy = try write(shown.output, to: "shown.yaml")
    let models = URL(fileURLWithPath: try DemoFiles.base).deletingLastPathComponent().path
    let again = folder.path("again.safetensors")
    let second = try Tool.run("merge", copy, "--models", models, "-o", again)
    #expect(second.status == 0, "\(second.errors)")
    #expect(FileManager.default.contentsEqual(atPath: output, andPath: again))
    let unknown = try Tool.run("merge", copy, "-o", folder.path("none.safetensors"))
    #expect(unknown.status == 66 && unknown.errorLines.count == 1)
  }

  @Test("a model that is not what the recipe gives fails the proof")
  func planted() throws {
    let output = folder.path("out.safetensors")
    #expect(try Tool.run("merge", twoStepRecipe(), "-o", output).status == 0)
    let handle = try #require(FileHandle(forUpdatingAtPath: output))
    let size = try handle.seekToEnd()
    try handle.seek(toOffset: size / 2)
    try handle.write(contentsOf: Data(repeating: 0x3C, count: 64))
    try handle.close()
    #expect(try Tool.run("verify", output, "--recipe", twoStepRecipe()).status == 1)
    let other = try Tool.run("verify", output, "--recipe", twoStepRecipe(alpha: "0.5"))
    #expect(other.status == 2 && other.errorLines.count == 1, "\(other.errors)")
  }

  @Test("a merge by options is the merge of a recipe")
  func options() throws {
    let output = folder.path("out.ckpt")
    let merge = try Tool.run(
      "merge", "--method", "weighted-sum", "--model", "\(DemoFiles.base):0.75", "--model",
      "\(DemoFiles.fused):0.25", "--dtype", "f32", "-o", output)
    #expect(merge.status == 0, "\(merge.errors)")
    let recipe = try write(
      """
      version: 1
      steps:
        m: {merge: weighted-sum, models: ["\(DemoFiles.base)", "\(DemoFiles.fused)"], options: {alpha: 0.25}}
      output: {dtype: f32}
      """)
    let other = folder.path("other.safetensors")
    #expect(try Tool.run("merge", recipe, "-o", other).status == 0)
    #expect(try Tool.run("diff", output, other).status == 0)
  }

  /// Options after `merge`, and the exit code; BASE and FUSED stand for the demonstration's models.
  static let wrongOptions: [([String], Int32)] = [
    ([], 64), (["--method", "ties"], 64), (["--method", "weighted", "--model", "BASE"], 64),
    (["--method", "weighted-sum", "--model", "BASE:0.5"], 64),
    (["--method", "weighted-sum", "--model", "BASE:0.5", "--model", "FUSED:0.6"], 64),
    (["--method", "weighted-sum", "--model", "BASE", "--model", "FUSED", "--model", "BASE"], 64),
    (["--method", "add-difference", "--model", "BASE", "--model", "FUSED"], 64),
    (
      ["--method", "weighted-sum", "--model", "BASE", "--model", "FUSED", "--option", "alfa=1"], 64
    ),
    (
      ["--method", "weighted-sum", "--model", "BASE", "--model", "FUSED", "--option", "alpha=x"], 64
    ),
    (["--method", "weighted-sum", "--model", "BASE:nan", "--model", "FUSED"], 64),
    (
      ["--method", "weighted-sum", "--model", "BASE", "--model", "FUSED:0.5", "--blocks", "NOPE"],
      64
    ),
    (
      ["--method", "weighted-sum", "--model", "BASE", "--model", "FUSED:0.5", "--blocks", "1,0"], 2
    ),
    (
      ["--method", "weighted-sum", "--model", "BASE:0.5", "--model", "missing.safetensors:0.5"], 66
    ),
    (["missing.yaml"], 66), (["missing.yaml", "--method", "ties"], 64),
  ]

  @Test("wrong options are refused in one line and nothing is written", arguments: wrongOptions)
  func refusals(options: [String], status: Int32) throws {
    let words = try options.map {
      $0.replacing("BASE", with: try DemoFiles.base).replacing("FUSED", with: try DemoFiles.fused)
    }
    let output = folder.path("out.safetensors")
    let result = try Tool.run(["merge"] + words + ["-o", output])
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errorLines.count == 1)
    #expect(!FileManager.default.fileExists(atPath: output))
  }

  @Test("the methods are listed, each with its formula")
  func methods() throws {
    let result = try Tool.run("recipe", "methods", "--json")
    let methods = try #require(try result.json()["methods"] as? [[String: Any]])
    #expect(methods.count == 23)
    #expect(methods.allSatisfy { ($0["formula"] as? String)?.isEmpty == false })
    #expect(try Tool.run("recipe", "methods", "ties").output.contains("density"))
    #expect(try Tool.run("recipe", "methods", "tie").status == 64)
  }
}
