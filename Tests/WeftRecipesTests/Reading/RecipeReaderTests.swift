import Testing
import WeftFormats
import WeftRecipes
import WeftTensors

@Suite("Reading recipes")
struct RecipeReaderTests {
  static let whole = """
    version: 1
    models:
      anime: anime.safetensors
      real: {path: real.ckpt, ema: prefer}
      stock: ./stock/
    steps:
      sharp:
        fuse: mixed
        adapters: [{path: res/, scale: 1, te: 0.5, norm: 0.25, lbw: INS}, "detail.safetensors:0.5"]
        norm: lerp
      mixed:
        merge: add-difference
        models: [anime, real]
        base: stock
        options: {alpha: 0.7}
        blocks: {IN00: 0.1, "OUT*": 0.5}
        tensors: [{match: "*attn2*", alpha: 0.2}]
    output: {from: sharp, dtype: f16, layout: ldm, vae: vae.safetensors, prune: true, ema: drop}
    """

  @Test("every part of a recipe is read, and steps come in the order of their use")
  func everyPart() throws {
    let recipe = try recipe(Self.whole)
    #expect(recipe.models.map(\.name) == ["anime", "real", "stock", "model"])
    #expect(recipe.model("real")?.averages == .prefer)
    #expect(recipe.model("model")?.path == "vae.safetensors")
    #expect(recipe.steps.map(\.name) == ["mixed", "sharp"])
    let mixed = try #require(recipe.merge("mixed"))
    #expect(mixed.method == "add-difference")
    #expect(mixed.inputs.map(\.reference.name) == ["anime", "real"])
    #expect(mixed.base?.name == "stock")
    #expect(mixed.options == ["alpha": .number(0.7)])
    #expect(mixed.blocks == .patterns([.init("IN00", 0.1), .init("OUT*", 0.5)]))
    #expect(mixed.tensors == [TensorOptions(pattern: "*attn2*", options: ["alpha": .number(0.2)])])
    let sharp = try #require(recipe.fuse("sharp"))
    #expect(sharp.norm == "lerp")
    #expect(sharp.adapters.map(\.path) == ["res/", "detail.safetensors"])
    #expect(sharp.adapters.map(\.unetScale) == [1, 0.5])
    #expect(sharp.adapters.map(\.textEncoderScale) == [0.5, 0.5])
    #expect(sharp.adapters.map(\.normWeight) == [0.25, 1])
    #expect(sharp.adapters.map(\.blockWeights) == ["INS", nil])
    #expect(recipe.output.from.name == "sharp")
    #expect(recipe.output.dtype == .f16)
    #expect(recipe.output.layout == "ldm")
    #expect(recipe.output.vae?.name == "model")
    #expect(recipe.output.averages == .drop)
    #expect(recipe.output.isPruned)
  }
}
