import Testing
import WeftFormats
import WeftRecipes
import WeftTensors

/// The recipes that `weft fuse` and `weft convert` put into metadata.
enum Metadata {
  static func file(_ number: Int) -> String {
    #"{"sample_sha256":"\#(hash(number))","bytes":\#(number)}"#
  }

  static func fuse(base: Int, adapter: Int, more: String = "") -> String {
    """
    {"version":1,"operation":"fuse","base":[\(file(base))],"layout":"ldm","norm":"replace",
    "adapters":[{"files":[\(file(adapter))],"unet":0.5,"te":1,"norm":1}]\(more)}
    """
  }

  static func convert(base: Int, more: String = "") -> String {
    #"{"version":1,"operation":"convert","base":[\#(file(base))],"layout":"diffusers"\#(more)}"#
  }

  static func recipe(_ text: String) throws -> MergeRecipe {
    try MergeRecipe(
      metadata: JSONValue(parsing: Array(text.utf8)), path: "m", library: library.get())
  }

  static func chain(_ text: String) throws -> MergeRecipe {
    try RecipeChain(path: "m", library: library.get()).chain(recipe(text))
  }
}

@Suite("Recipes of metadata, and chains of them")
struct RecipeChainTests {
  @Test("the recipe of a fuse is one step on its base")
  func fuse() throws {
    let recipe = try Metadata.recipe(
      Metadata.fuse(
        base: 1, adapter: 2,
        more: #","dtype":"F16","vae":[\#(Metadata.file(3))],"ema":"prefer","prune":true,"#
          + #""norm_base":[\#(Metadata.file(4))],"tlora_base":[\#(Metadata.file(5))],"#
          + #""alpha_zero":"rank","allow_unmatched":["x*"]"#
      )
      .replacingNorm("delta"))
    #expect(recipe.models.map(\.name) == ["base", "stock", "training", "vae"])
    #expect(recipe.models.map { $0.files.map(\.byteCount) } == [[1], [4], [5], [3]])
    let step = try #require(recipe.fuse("fused"))
    #expect(step.base.name == "base")
    #expect(step.norm == "delta")
    #expect(step.normBase?.name == "stock")
    #expect(step.tloraBase?.name == "training")
    #expect(step.alphaZero == "rank")
    #expect(step.adapters.map { $0.files.map(\.byteCount) } == [[2]])
    #expect(step.adapters.map(\.unetScale) == [0.5])
    #expect(step.adapters.map(\.textEncoderScale) == [1])
    #expect(recipe.output.from.name == "fused")
    #expect(recipe.output.dtype == .f16)
    #expect(recipe.output.vae?.name == "vae")
    #expect(recipe.output.averages == .prefer)
    #expect(recipe.output.isPruned)
    #expect(recipe.output.allowedUnmatched == ["x*"])
  }

  @Test("the recipe of a conversion has no step")
  func convert() throws {
    let recipe = try Metadata.recipe(Metadata.convert(base: 1))
    #expect(recipe.steps.isEmpty)
    #expect(recipe.output.from.name == "base")
    #expect(recipe.output.layout == "diffusers")
  }

  @Test("a chain of three operations is one recipe of their steps, in order")
  func chain() throws {
    let first = Metadata.fuse(base: 1, adapter: 2)
    let second = Metadata.convert(base: 3, more: #","dtype":"F16","base_recipe":\#(first)"#)
    let third = Metadata.fuse(base: 4, adapter: 5, more: #","base_recipe":\#(second)"#)
    let chain = try Metadata.chain(third)
    #expect(chain.models.map(\.name) == ["base"])
    #expect(chain.models.map { $0.files.map(\.byteCount) } == [[1]])
    #expect(chain.steps.map(\.name) == ["fused-2", "fused"])
    #expect(chain.fuse("fused-2")?.base.name == "base")
    #expect(chain.fuse("fused")?.base.name == "fused-2")
    #expect(chain.output.from.name == "fused")
    #expect(chain.output.dtype == .f16)
    // What is shown reads as a recipe.
    #expect(try recipe(chain.yamlText()) == chain)
    let history = RecipeHistory(
      of: try Metadata.recipe(third), path: "m", library: try library.get())
    #expect(history.entries.map { $0.recipe?.models.first?.files.first?.byteCount } == [1, 3])
  }

  @Test("models of a merge that have a past are replaced by it, and one base is read once")
  func mergeOfMade() throws {
    let yaml = """
      version: 1
      models: {a: a.ckpt, b: b.ckpt}
      steps: {fused: {merge: weighted-sum, models: [a, b], options: {alpha: 0.5}}}
      """
    var merge = try recipe(yaml).withFiles
    for (index, adapter) in [(0, 11), (1, 12)] {
      merge.models[index].history = try JSONValue(
        parsing: Array(Metadata.fuse(base: 10, adapter: adapter, more: #","dtype":"BF16""#).utf8))
    }
    let chain = try Metadata.chain(merge.metadataValue.compactText)
    #expect(chain.models.map { $0.files.map(\.byteCount) } == [[10]])
    #expect(Set(chain.steps.map(\.name)) == ["fused", "fused-2", "fused-3"])
    let inputs = try #require(chain.merge("fused")?.inputs.map(\.reference.name))
    let adapters = inputs.map { chain.fuse($0)?.adapters.first?.files.first?.byteCount }
    #expect(adapters == [11, 12])
    #expect(chain.output.dtype == .bf16, "the first model's type")
    #expect(try recipe(chain.yamlText()) == chain)
  }

  @Test("a chain that would become too long stops where it is")
  func longChain() throws {
    let past = try JSONValue(
      parsing: Array(
        Metadata.recipe(Metadata.fuse(base: 1, adapter: 2)).metadataValue.compactText.utf8))
    var wide = MergeRecipe(output: RecipeOutput(from: RecipeReference("s")))
    for index in 0..<400 {
      var model = RecipeModel(
        name: "m\(index)", files: [FileIdentity(sampleSHA256: hash(index), byteCount: 1)])
      model.history = past
      wide.models.append(model)
    }
    let inputs = wide.models.map {
      MergeInput(RecipeReference($0.name), options: ["weight": .number(1)])
    }
    let step = MergeStep(method: "sum", inputs: inputs, options: ["normalize": .flag(true)])
    wide.steps = [RecipeStep(name: "s", action: .merge(step))]
    let chain = RecipeChain(path: "m", library: try library.get()).chain(wide)
    #expect(chain.models.count + chain.steps.count <= 502)
    #expect(chain.models.count > 100)
  }

  @Test(
    "what one pass cannot do stays a model",
    arguments: [
      // The averages of a model that the fuse kept beside the weights.
      Metadata.convert(
        base: 3, more: #","ema":"prefer","base_recipe":\#(Metadata.fuse(base: 1, adapter: 2))"#),
      // A model whose recipe is somebody else's.
      Metadata.convert(base: 3, more: #","base_recipe":"by hand""#),
      Metadata.convert(base: 3, more: #","base_recipe":{"version":9}"#),
    ])
  func notJoined(text: String) throws {
    let chain = try Metadata.chain(text)
    #expect(chain.models.map { $0.files.map(\.byteCount) } == [[3]])
    let history = RecipeHistory(of: chain, path: "m", library: try library.get())
    #expect(history.entries.map(\.model) == ["base"])
  }

  @Test(
    "metadata that is no recipe of this version is refused",
    arguments: [
      ("[]", "the recipe is a list"), ("{}", "it is of another version"),
      (#"{"version":2,"operation":"fuse"}"#, "it is of another version"),
      (#"{"version":1,"operation":"quantize","base":[\#(Metadata.file(1))]}"#, "'operation'"),
      (#"{"version":1,"operation":"convert"}"#, "it has no 'base'"),
      (Metadata.convert(base: 1, more: #","mood":"good""#), "unknown key 'mood'"),
      (Metadata.convert(base: 1, more: #","dtype":"I8""#), "'dtype'"),
      (Metadata.convert(base: 1, more: #","prune":7"#), "'prune'"),
      (#"{"version":1,"operation":"merge","models":{"a":7}}"#, "the model 'a' is '7'"),
    ])
  func refuse(text: String, message: String) throws {
    let library = try library.get()
    let value = try JSONValue(parsing: Array(text.utf8))
    let error = #expect(throws: RecipeProblem.self) {
      try MergeRecipe(metadata: value, path: "model.safetensors", library: library)
    }
    let found = try #require(error)
    #expect(found.place == "model.safetensors")
    #expect(found.description.contains(message), "\(found)")
  }
}

extension String {
  fileprivate func replacingNorm(_ mode: String) -> String {
    split(separator: #""norm":"replace""#, maxSplits: 1, omittingEmptySubsequences: false)
      .joined(separator: #""norm":"\#(mode)""#)
  }
}
