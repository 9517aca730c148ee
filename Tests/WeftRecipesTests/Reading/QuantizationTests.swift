import Testing
import WeftFormats
import WeftRecipes
import WeftTensors

@Suite("The quantisation of a recipe's result")
struct QuantizationTests {
  private static let value =
    #""quantization":{"type":"q4_k","encoder":"ggml","policy":"comfyui","rules":["*.bias=keep"],"saturate":true}"#

  private static var expected: RecipeQuantization {
    var quantization = RecipeQuantization(type: "q4_k")
    quantization.policy = "comfyui"
    quantization.rules = ["*.bias=keep"]
    quantization.saturates = true
    return quantization
  }

  @Test(
    "what stands in the metadata of a fuse, a conversion or a merge is part of the recipe's output",
    arguments: [
      Metadata.fuse(base: 1, adapter: 2, more: "," + value),
      Metadata.convert(base: 1, more: "," + value),
      #"{"version":1,"operation":"merge","models":{"a":{"files":[\#(Metadata.file(1))]}},"#
        + #""output":{"from":"a"},\#(value)}"#,
    ])
  func metadata(text: String) throws {
    let recipe = try Metadata.recipe(text)
    #expect(recipe.output.quantization == Self.expected)
    // As text it has one place, from which it is read again.
    #expect(try WeftRecipesTests.recipe(recipe.yamlText()).output.quantization == Self.expected)
    #expect(recipe.metadataValue["quantization"] == nil)
    #expect(recipe.metadataValue["output"]?["quantization"] == nil)
  }

  @Test("a relative path of an importance matrix counts from the recipe's folder")
  func path() throws {
    let text = """
      version: 1
      models: {a: a.safetensors}
      output: {from: a, quantization: {type: Q4_K, imatrix: m.dat}}
      """
    let recipe = try MergeRecipe(
      yaml: Array(text.utf8), path: "r.yaml", folder: "dir", library: library.get())
    #expect(recipe.output.quantization?.imatrix == "dir/m.dat")
    #expect(recipe.output.quantization?.type == "q4_k")
  }

  @Test(
    "what is no quantisation is refused with what would be right",
    arguments: [
      ("{}", "has no 'type'"), ("{type: q9_9}", "there is no type 'q9_9'"),
      ("{type: 8}", "the name of a type"), ("{type: q8_0, rules: [a]}", "glob=type"),
      ("{type: q8_0, rules: ['=q8_0']}", "glob=type"),
      ("{type: q8_0, rules: ['a=q9_9']}", "there is no type 'q9_9'"),
      ("{type: q8_0, encoder: llama}", "one of ggml, sdcpp"),
      ("{type: q8_0, policy: none}", "comfyui"),
      ("{type: q8_0, imatrix_sha256: abc}", "64 hexadecimal digits"),
      ("{type: q8_0, chosen: [a]}", "'chosen' is a list"),
      ("{type: q8_0, chosen: {a: q9_9}}", "there is no type 'q9_9'"),
      ("{type: q8_0, level: 3}", "unknown key 'level'"), ("q8_0", "'quantization' is"),
    ])
  func refusals(text: String, message: String) throws {
    let yaml = "version: 1\nmodels: {a: a.ckpt}\noutput: {from: a, quantization: \(text)}\n"
    let problem = try #require(try problem(Array(yaml.utf8)))
    #expect(problem.status == .badData)
    #expect("\(problem)".contains(message), "\(problem)")
    #expect("\(problem)".contains("line 3"))
  }

  @Test("a model that was quantised in between stays a model of the chain")
  func chain() throws {
    let past = Metadata.convert(base: 1, more: "," + Self.value)
    let plain = Metadata.convert(base: 1)
    for (text, count) in [(past, 1), (plain, 0)] {
      let chained = try Metadata.chain(
        Metadata.fuse(base: 7, adapter: 2, more: #","base_recipe":\#(text)"#))
      #expect(chained.models.flatMap(\.files).count { $0.byteCount == 7 } == count)
      #expect(chained.output.quantization == nil)
    }
  }

  @Test("the schema knows the types, encoders and policies that there are")
  func schema() throws {
    let library = try library.get()
    let schema = try JSONValue(parsing: Array(library.recipeSchema.utf8))
    let properties = try #require(schema["$defs"]?["quantization"]?["properties"])
    let types = properties["type"]?["enum"]?.elements?.compactMap(\.text) ?? []
    #expect(Set(types) == Set(library.quantTypes.map(\.name)))
    let encoders = properties["encoder"]?["enum"]?.elements?.compactMap(\.text)
    #expect(encoders == RecipeQuantization.encoders)
    let policies = properties["policy"]?["enum"]?.elements?.compactMap(\.text)
    #expect(policies == library.quantPolicies.map(\.id))
  }
}
