import Testing
import WeftFormats
import WeftRecipes

@Suite("Merge steps")
struct MergeStepTests {
  @Test("the blocks are named as block-weighted merges name them")
  func blockNames() {
    let names = BlockChoice.names(count: 26) ?? []
    #expect(names.count == 26)
    #expect(names.prefix(2) == ["BASE", "IN00"])
    #expect(names[12...14] == ["IN11", "M00", "OUT00"])
    #expect(BlockChoice.names(count: 20)?.suffix(2) == ["OUT07", "OUT08"])
    #expect(BlockChoice.names(count: 20)?.count == 20)
    #expect(BlockChoice.names(count: 12) == nil)
  }

  @Test(
    "a preset has a value for each block, SDXL's taking those of the same names",
    arguments: [("BASE", 0.0), ("IN00", 1), ("IN08", 0.3333333333), ("M00", 0), ("OUT08", 0.75)])
  func preset(block: String, value: Double) throws {
    let presets = try library.get().mergePresets
    #expect(BlockChoice.preset("GRAD_V").value(block: block, presets: presets) == value)
  }

  @Test("numbers are those of the blocks in order, and the first pattern that fits decides")
  func values() {
    let numbers = BlockChoice.numbers((0..<20).map(Double.init))
    #expect(numbers.value(block: "M00", presets: [:]) == 10)
    #expect(numbers.value(block: "IN11", presets: [:]) == nil)
    #expect(numbers.blockCount == 20)
    let patterns = BlockChoice.patterns([.init("OUT03", 0.5), .init("OUT*", 0)])
    #expect(patterns.value(block: "OUT03", presets: [:]) == 0.5)
    #expect(patterns.value(block: "OUT04", presets: [:]) == 0)
    #expect(patterns.value(block: "IN03", presets: [:]) == nil)
    #expect(patterns.blockCount == nil)
  }

  @Test("a pattern goes before the block, and the block before the step")
  func layers() throws {
    let yaml = """
      version: 1
      models: {a: a.ckpt, b: b.ckpt}
      steps:
        s:
          merge: tensor
          models: [a, b]
          options: {alpha: 0.1}
          blocks: {IN01: 0.2}
          tensors: [{match: "*q*", alpha: 0.3}, {match: "*q*k*", alpha: 0.4, beta: 0.5}]
      """
    let step = try #require(try recipe(yaml).merge("s"))
    let library = try library.get()
    let method = try #require(library.mergeMethod("tensor"))
    func options(_ names: [String], _ block: String) -> [Double?] {
      let options = step.options(for: names, block: block, method: method, presets: [:])
      return [options["alpha"]?.double, options["beta"]?.double]
    }
    #expect(options(["x"], "IN02") == [0.1, 0])
    #expect(options(["x"], "IN01") == [0.2, 0])
    #expect(options(["xq"], "IN01") == [0.3, 0])
    #expect(options(["q.k"], "IN01") == [0.3, 0.5])
    #expect(options(["x", "q"], "IN02") == [0.3, 0])
  }

  @Test("blocks that all have a value need no other")
  func blocksAlone() throws {
    let mbw = try recipe(
      "version: 1\nsteps: {s: {merge: weighted-sum, models: [a/, b/], blocks: ALL_B}}")
    #expect(mbw.merge("s")?.options == ["alpha": .number(1)])
  }

  @Test("a step made from a command line is completed by the same rules")
  func rules() throws {
    let method = try #require(try library.get().mergeMethod("weighted-sum"))
    let rules = MergeStepRules(method: method, subject: "the merge", presets: [:])
    var step = MergeStep(
      method: method.id, inputs: ["a", "b"].map { MergeInput(RecipeReference($0)) })
    #expect(rules.complete(&step, weights: [0.6, 0.4]) == nil)
    #expect(step.options == ["alpha": .number(0.4)])
    #expect(step.inputs.filter { !$0.options.isEmpty }.isEmpty)
    var one = MergeStep(method: method.id, inputs: [MergeInput(RecipeReference("a"))])
    let misfit = rules.complete(&one, weights: [nil])
    #expect(misfit?.what == "the merge has 1 model, but 'weighted-sum' takes 2")
  }
}
