import Testing
import WeftFormats
import WeftRecipes

@Suite("Writing recipes as YAML")
struct YAMLTextTests {
  @Test(
    "what is written is for people: short values on one line, models and steps on lines of their own"
  )
  func layout() throws {
    let text = """
      version: 1
      models: {anime: anime.safetensors, real: "a real one.ckpt"}
      steps: {mixed: {merge: weighted-sum, models: [anime, real], weights: [0.6, 0.4]}}
      output: {dtype: f16}
      """
    #expect(
      try recipe(text).yamlText(heading: ["Made by hand"], comments: ["anime": "the first"]) == """
        # Made by hand
        version: 1
        models:
          anime: anime.safetensors  # the first
          real: "a real one.ckpt"
        steps:
          mixed: {merge: weighted-sum, models: [anime, real], options: {alpha: 0.4}}
        output:
          from: mixed
          dtype: f16

        """)
  }

  @Test(
    "any path reads back as itself",
    arguments: [
      "yes", "no", "null", "~", "1", "1e3", "0x1F", ".5", "-", "- a", "a: b", "a #b", "#a", "*a",
      "&a", "!a",
      "|", ">", "'", "\"", "\\", "a\\n", "a\tb", "a\nb", " a", "a ", "{a}", "[a]", "a,b", "?",
      "? a", "@a", "`a",
      "%a", "é", "日本", "a\u{85}b", "a\u{2028}b", "a\u{7F}", "\u{1F600}", "=", "<<",
      "12:30:45",
      "2001-01-01", "./a", "/a", "../a b", "C:\\x", "true", "On", "a:0.5", "",
    ])
  func paths(path: String) throws {
    var recipe = MergeRecipe(
      models: [RecipeModel(name: "a", path: path + "/")],
      output: RecipeOutput(from: RecipeReference("a")))
    recipe.steps = [
      RecipeStep(
        name: "s",
        action: .fuse(
          FuseStep(base: RecipeReference("a"), adapters: [RecipeAdapter(path: path + "x")])))
    ]
    recipe.output.from = RecipeReference("s")
    let text = recipe.yamlText()
    #expect(try WeftRecipesTests.recipe(text) == recipe, "\(text)")
  }

  @Test(
    "any number reads back as itself",
    arguments: [
      0, -0.0, 1, -1.5, 0.1, 1e-7, 1e21, 1.5e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
      1.0 / 3,
    ])
  func numbers(number: Double) throws {
    let step = MergeStep(
      method: "weighted-sum",
      inputs: [MergeInput(RecipeReference("a")), MergeInput(RecipeReference("b"))],
      options: ["alpha": .number(number)])
    let made = MergeRecipe(
      models: [RecipeModel(name: "a", path: "a/"), RecipeModel(name: "b", path: "b/")],
      steps: [RecipeStep(name: "s", action: .merge(step))],
      output: RecipeOutput(from: RecipeReference("s")))
    let read = try recipe(made.yamlText()).merge("s")?.options["alpha"]?.double
    #expect(read?.bitPattern == number.bitPattern, "\(made.yamlText())")
  }
}
