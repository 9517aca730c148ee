import Testing
import WeftFiles
import WeftFormats
import WeftRecipes
import WeftTensors
import WeftTransform

@Suite("Recipes of several steps")
struct RecipePlannerTests {
  static let weight =
    "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight"

  let workshop: Workshop
  /// Three models of the same shapes and other values.
  let paths: [String]

  init() throws {
    let workshop = try Workshop()
    self.workshop = workshop
    paths = try ["a", "b", "c"].map { try workshop.writeModel($0, .f32) }
  }

  private func recipe(_ steps: [RecipeStep], from name: String) -> MergeRecipe {
    var recipe = MergeRecipe(output: RecipeOutput(from: RecipeReference(name)))
    recipe.models = zip(["a", "b", "c"], paths).map { RecipeModel(name: $0, path: $1) }
    recipe.steps = steps
    let used = steps.flatMap(\.references).map(\.name)
    recipe.models.removeAll { !used.contains($0.name) }
    return recipe
  }

  private func merge(
    _ name: String, _ method: String, _ models: [String], base: String? = nil,
    options: [String: OptionValue] = [:], weights: [Double] = [],
    blocks: BlockChoice? = nil,
    tensors: [TensorOptions] = []
  ) -> RecipeStep {
    let inputs = models.enumerated().map { index, model in
      MergeInput(
        RecipeReference(model),
        options: weights.isEmpty ? [:] : ["weight": .number(weights[index])])
    }
    return RecipeStep(
      name: name,
      action: .merge(
        MergeStep(
          method: method, inputs: inputs, base: base.map { RecipeReference($0) }, options: options,
          blocks: blocks, tensors: tensors)))
  }

  private func run(_ recipe: MergeRecipe, threads: Int = 2) throws -> (Checkpoint, RecipePlan) {
    var options = RecipePlanner.Options()
    options.threads = threads
    let plan = try RecipePlanner.plan(recipe, library: workshop.library, options: options)
    let output = workshop.path("out-\(threads).safetensors")
    var run = RunOptions(threads: threads)
    run.replaces = true
    _ = try plan.model.runner(options: run).run(path: output, inputs: plan.model.inputFiles) { _ in
    }
    return (try Checkpoint.open(output), plan)
  }

  private func values(_ path: String, _ name: String = weight) throws -> [Double] {
    try #require(try Checkpoint.open(path)[name]).doubles()
  }

  @Test("a chain of merges and a fuse is their formula, rounded once")
  func chain() throws {
    let (rows, columns) = (32, 64)
    let up = Workshop.values(rows * 3, seed: 1)
    let down = Workshop.values(3 * columns, seed: 2)
    let stem = "lora_unet_" + Self.weight.dropLast(".weight".count).replacing(".", with: "_")
    let adapter = try workshop.writeAdapter([
      ("\(stem).lora_up.weight", [rows, 3], up), ("\(stem).lora_down.weight", [3, columns], down),
    ])
    var request = RecipeAdapter(path: adapter)
    request.unetScale = 0.5
    let steps = [
      merge("mixed", "weighted-sum", ["a", "b"], options: ["alpha": .number(0.25)]),
      merge(
        "moved", "add-difference", ["mixed", "b"], base: "c", options: ["alpha": .number(0.5)]),
      RecipeStep(
        name: "fused",
        action: .fuse(FuseStep(base: RecipeReference("moved"), adapters: [request]))),
    ]
    let (output, plan) = try run(recipe(steps, from: "fused"))
    let inputs = try paths.map { try values($0) }
    let expected = (0..<rows * columns).map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      let product = (0..<3).reduce(0.0) {
        $0 + Double(up[row * 3 + $1]) * Double(down[$1 * columns + column])
      }
      let mixed = 0.75 * inputs[0][index] + 0.25 * inputs[1][index]
      return rounded(mixed + 0.5 * (inputs[1][index] - inputs[2][index]) + 0.5 * product, to: .f32)
    }
    let found = try #require(output[Self.weight]).doubles()
    // Sums of float64 in another order may round to the neighbour in rare cases.
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= abs($1).ulp * 0x1p29 })
    #expect(zip(found, expected).count { $0 != $1 } <= found.count / 1000)
    #expect(plan.adapters.map(\.applied.count) == [2])
    #expect(output.metadata["weft.recipe"]?.contains("weighted-sum") == true)
  }

  @Test("a merge of weight one keeps the other model's bytes, and copies them")
  func wholeWeight() throws {
    let (output, plan) = try run(
      recipe([merge("m", "weighted-sum", ["a", "b"], options: ["alpha": .number(1)])], from: "m"))
    let other = try Checkpoint.open(paths[1])
    #expect(try output.tensors.allSatisfy { try $0.bytes() == other[$0.info.name]?.bytes() })
    #expect(
      plan.model.tensors.flatMap(\.pieces).allSatisfy {
        if case .copy = $0.work { true } else { false }
      })
  }

  @Test("weights differ by block and by pattern, a pattern before a block")
  func selective() throws {
    let step = merge(
      "m", "weighted-sum", ["a", "b"], options: ["alpha": .number(0)],
      blocks: .patterns([.init("IN*", 1)]),
      tensors: [TensorOptions(pattern: "*attn2*", options: ["alpha": .number(0.5)])])
    let (output, _) = try run(recipe([step], from: "m"))
    func expect(_ name: String, _ share: Double) throws {
      let (a, b) = (try values(paths[0], name), try values(paths[1], name))
      let found = try #require(output[name]).doubles()
      let expected = zip(a, b).map { rounded((1 - share) * $0 + share * $1, to: .f32) }
      #expect(found == expected, "\(name)")
    }
    try expect(Self.weight, 0.5)
    try expect("down_blocks.0.attentions.0.proj_in.weight", 1)
    try expect("up_blocks.1.upsamplers.0.conv.weight", 0)
    try expect("up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_q.weight", 0.5)
  }

  /// A step of every method, with options that make it do something.
  static let methods: [(String, String?, [String: OptionValue], [Double])] = [
    ("weighted-sum", nil, ["alpha": .number(0.3)], []), ("sum", nil, [:], [0.7, 0.6]),
    ("add-difference", "c", ["alpha": .number(0.4)], []),
    ("slerp", nil, ["alpha": .number(0.3)], []), ("slerp-norm", nil, ["alpha": .number(0.3)], []),
    ("task-arithmetic", "c", [:], [0.5, 0.25]), ("ties", "c", [:], [1, 0.5]),
    ("dare-linear", "c", [:], [1, 0.5]), ("dare-ties", "c", [:], [1, 0.5]),
    ("breadcrumbs", "c", [:], [1, 0.5]), ("breadcrumbs-ties", "c", [:], [1, 0.5]),
    ("della", "c", [:], [1, 0.5]), ("della-linear", "c", [:], [1, 0.5]),
    ("train-difference", "c", ["alpha": .number(0.5)], []),
    ("cosine-a", nil, ["alpha": .number(0.2)], []),
    ("cosine-b", nil, ["alpha": .number(0.2)], []),
    ("smooth-add", "c", ["alpha": .number(0.5)], []),
    ("tensor", nil, ["alpha": .number(0.5)], []), ("tensor2", nil, ["alpha": .number(0.5)], []),
    ("model-stock", "c", [:], []), ("geometric-median", nil, [:], []),
  ]

  @Test(
    "the bytes of every method depend neither on threads nor on how often it is run",
    arguments: methods)
  func determinism(
    method: String, base: String?, options: [String: OptionValue], weights: [Double]
  ) throws {
    let table = try #require(workshop.library.mergeMethod(method))
    var step = MergeStep(
      method: method, inputs: [MergeInput(RecipeReference("a")), MergeInput(RecipeReference("b"))],
      base: base.map { RecipeReference($0) }, options: options)
    for (index, weight) in weights.enumerated() {
      step.inputs[index].options["weight"] = .number(weight)
    }
    let rules = MergeStepRules(method: table, subject: "m", presets: [:])
    #expect(rules.complete(&step, weights: [nil, nil]) == nil)
    let steps = [RecipeStep(name: "m", action: .merge(step))]
    let (one, plan) = try run(recipe(steps, from: "m"), threads: 1)
    let (many, _) = try run(recipe(steps, from: "m"), threads: 3)
    for (left, right) in zip(one.tensors, many.tensors) {
      #expect(try left.bytes() == right.bytes(), "\(left.info.name)")
    }
    #expect(plan.model.count(.changed) > 0)
    let base = try Checkpoint.open(paths[0])
    #expect(try one[Self.weight]?.bytes() != base[Self.weight]?.bytes())
  }

  @Test("models of other architectures are refused, and so are files that the recipe does not mean")
  func refusals() throws {
    var other = recipe(
      [merge("m", "weighted-sum", ["a", "b"], options: ["alpha": .number(0.5)])], from: "m")
    other.models[1].files = [
      FileIdentity(sampleSHA256: String(repeating: "0", count: 64), byteCount: 1)
    ]
    #expect(throws: RecipeProblem.self) { try run(other) }
    other.models[1].files = []
    other.models[1].path = nil
    #expect(throws: TransformError.self) { try run(other) }
  }

  @Test("a pattern that fits no tensor is refused")
  func emptyPattern() throws {
    let step = merge(
      "m", "weighted-sum", ["a", "b"], options: ["alpha": .number(0.5)],
      tensors: [TensorOptions(pattern: "*atn2*", options: ["alpha": .number(1)])])
    let error = #expect(throws: TransformError.self) { try run(recipe([step], from: "m")) }
    #expect(error?.what.contains("*atn2*") == true)
  }

  @Test("the recipe of the output makes the same output again")
  func again() throws {
    let steps = [merge("m", "weighted-sum", ["a", "b"], options: ["alpha": .number(0.25)])]
    let (first, _) = try run(recipe(steps, from: "m"))
    let text = try #require(first.metadata["weft.recipe"])
    var found = try MergeRecipe(
      metadata: try JSONValue(parsing: Array(text.utf8)), path: "m", library: workshop.library)
    found.findFiles(try ModelFinder([workshop.path("")]))
    #expect(found.models.map(\.path) == [paths[0], paths[1]])
    let (second, _) = try run(found, threads: 1)
    #expect(second.metadata == first.metadata)
    #expect(try second[Self.weight]?.bytes() == first[Self.weight]?.bytes())
  }
}
