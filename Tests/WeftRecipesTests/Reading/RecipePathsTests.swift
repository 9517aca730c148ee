import Foundation
import Testing
import WeftFiles
import WeftFormats
import WeftRecipes
import WeftTensors

@Suite("Paths in recipes")
struct RecipePathsTests {
  static let text = """
    version: 1
    models: {a: x/a.ckpt, b: /abs/b.ckpt}
    steps:
      s: {fuse: m, adapters: ["l.safetensors:0.5", /abs/l.safetensors], norm: delta, norm_base: ./stock}
      m: {merge: weighted-sum, models: [a, b], weights: [0.5, 0.5]}
    """

  @Test("relative paths count from the recipe's folder")
  func folder() throws {
    let recipe = try MergeRecipe(
      yaml: Array(Self.text.utf8), path: "r.yaml", folder: "recipes", library: library.get())
    #expect(recipe.models.map(\.path) == ["recipes/x/a.ckpt", "/abs/b.ckpt", "recipes/./stock"])
    #expect(
      recipe.fuse("s")?.adapters.map(\.path) == ["recipes/l.safetensors", "/abs/l.safetensors"])
  }

  @Test("a recipe beside the user keeps its paths as they are written")
  func here() throws {
    #expect(try recipe(Self.text).models.map(\.path) == ["x/a.ckpt", "/abs/b.ckpt", "./stock"])
  }

  @Test("one path is one model, and models without a name are named alike on every machine")
  func onePath() throws {
    let text = """
      version: 1
      models: {model: a.ckpt}
      steps:
        s: {merge: twice, models: [./b.ckpt, a.ckpt, ./b.ckpt], options: {alpha: 1, beta: 1}}
      """
    let recipe = try recipe(text)
    #expect(recipe.models.map(\.name) == ["model", "model-2"])
    #expect(recipe.merge("s")?.inputs.map(\.reference.name) == ["model-2", "model", "model-2"])
  }

  @Test("a file that is not there or too large is an error of its own")
  func files() throws {
    let library = try library.get()
    #expect(throws: FileError.self) { try MergeRecipe.read("/nowhere/r.yaml", library: library) }
    let path = NSTemporaryDirectory() + "weft-recipe-\(UUID().uuidString).yaml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(count: (1 << 20) + 1).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: RecipeProblem.self) {
      try MergeRecipe.read(path, library: library)
    }
    #expect(error?.status == .badData)
  }
}
