import Testing
import WeftFormats
import WeftRecipes
import WeftTensors

@Suite("Adapters in recipes")
struct AdapterTextTests {
  /// The adapter of a short text.
  private func adapter(_ text: String) throws -> RecipeAdapter {
    let yaml = "version: 1\nsteps: {s: {fuse: a/, adapters: ['\(text)'], norm: lerp}}"
    return try #require(try recipe(yaml).fuse("s")?.adapters.first)
  }

  @Test(
    "a path and its scales are told apart at the last colon",
    arguments: [
      ("a.safetensors", "a.safetensors", 1, 1, 1), ("a:0.8", "a", 0.8, 0.8, 1),
      ("a:-1", "a", -1, -1, 1), ("C:/x/a:1e-1", "C:/x/a", 0.1, 0.1, 1),
      ("a:unet=0.5,te=0.25", "a", 0.5, 0.25, 1), ("a:norm=0.5", "a", 1, 1, 0.5),
      ("a:2,te=0", "a", 2, 0, 1), ("a:te=2,norm=0,unet=-3", "a", -3, 2, 0),
      ("a:b", "a:b", 1, 1, 1), ("a:", "a:", 1, 1, 1), ("a:0.5:2", "a:0.5", 2, 2, 1),
      ("a:x=y", "a:x=y", 1, 1, 1), (":1", ":1", 1, 1, 1),
    ] as [(String, String, Double, Double, Double)])
  func scales(text: String, path: String, unet: Double, te: Double, norm: Double) throws {
    let adapter = try adapter(text)
    #expect(adapter.path == path)
    #expect(adapter.unetScale == unet)
    #expect(adapter.textEncoderScale == te)
    #expect(adapter.normWeight == norm)
  }

  @Test("block weights are a preset or a list, in which the commas go on")
  func blockWeights() throws {
    #expect(try adapter("a:lbw=INS").blockWeights == "INS")
    let list = try adapter("a:0.8,lbw=1,0,0.5,lbw-rest=0,te=2,lbw-resadapter=1")
    #expect(list.blockWeights == "1,0,0.5")
    #expect(list.blockRest == 0)
    #expect(list.weighsResAdapter)
    #expect(list.unetScale == 0.8)
    #expect(list.textEncoderScale == 2)
  }

  @Test(
    "scales that mean nothing are refused",
    arguments: [
      ("a:inf", "no finite number"), ("a:nan", "no finite number"), ("a:cfg=1", "unknown part"),
      ("a:unet=inf", "no finite number"), ("a:te=1,te=2", "given twice"),
      ("a:lbw=INS,lbw-resadapter=2", "neither 0 nor 1"), ("a:lbw-rest=1", "only for block weights"),
    ])
  func refuse(text: String, message: String) throws {
    let yaml = "version: 1\nsteps: {s: {fuse: a/, adapters: ['\(text)']}}"
    let error = try #require(try problem(Array(yaml.utf8)))
    #expect(error.description.contains(message), "\(error)")
  }

  @Test("the block weights of a model's recipe are shown")
  func metadata() throws {
    let recipe = try Metadata.recipe(
      """
      {"version":1,"operation":"fuse","base":[\(Metadata.file(1))],"layout":"ldm","norm":"skip",
      "adapters":[{"files":[\(Metadata.file(2))],"unet":1,"te":1,"norm":1,"lbw":"OUTD","lbw_rest":0.5,
      "lbw_resadapter":true}]}
      """)
    let adapter = try #require(recipe.fuse("fused")?.adapters.first)
    #expect(adapter.blockWeights == "OUTD")
    #expect(adapter.blockRest == 0.5)
    #expect(adapter.weighsResAdapter)
    #expect(try WeftRecipesTests.recipe(recipe.yamlText()).fuse("fused")?.adapters == [adapter])
  }
}
