import Testing
import WeftFiles
import WeftFormats
import WeftRecipes
import WeftTensors
import WeftTransform

@Suite("A Control-LoRA makes a ControlNet of a model")
struct ControlLoRATests {
  static let rank = 2
  /// A layer with factors, as the model and as the Control-LoRA call it.
  static let layer = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"
  static let stem = "input_blocks.1.1.transformer_blocks.0.attn2.to_k"
  typealias Part = (name: String, shape: [Int], values: [Float])

  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// The tensors of a ControlNet for the workshop's UNet, with their names in LDM's files.
  private func tensors() throws -> [(name: CanonicalName, bare: String, shape: Shape)] {
    let architecture = try #require(workshop.library.architecture("sd15"))
    var dimensions = Workshop.dimensions
    dimensions["hint"] = .list([4, 8, 8, 8])
    let canonical = try architecture.expanded(["controlnet": dimensions], only: "controlnet")
    let arranged = try architecture.arrange(
      canonical.map { ($0.name, $0.shape) }, layout: "ldm", alone: true)
    return try arranged.tensors.map { tensor in
      guard case .slices(let slices) = tensor.content else { throw Odd(name: tensor.name) }
      return (
        try #require(slices.first).name, String(tensor.name.dropFirst("control_model.".count)),
        tensor.shape
      )
    }
  }

  private struct Odd: Error { let name: String }

  /// What the file has of each tensor: the biases, norms and the way of the hint as a whole, factors of the other weights,
  /// and nothing of the time embedding, which stays the model's.
  private func parts() throws -> [Part] {
    let own = ["zero_convs.", "input_hint_block.", "middle_block_out."]
    let parts = try tensors().enumerated().flatMap { seed, tensor -> [Part] in
      let shape = tensor.shape.dimensions
      let count = shape.reduce(1, *)
      guard !tensor.bare.hasPrefix("time_embed") else { return [] }
      guard shape.count > 1, !own.contains(where: tensor.bare.hasPrefix) else {
        return [(tensor.bare, shape, Workshop.values(count, seed: seed))]
      }
      let stem = String(tensor.bare.dropLast(".weight".count))
      let (rows, columns) = (shape[0], count / shape[0])
      let ones = Array(repeating: 1, count: shape.count - 2)
      return [
        ("\(stem).up", [rows, Self.rank] + ones, Workshop.values(rows * Self.rank, seed: seed)),
        (
          "\(stem).down", [Self.rank] + shape.dropFirst(),
          Workshop.values(Self.rank * columns, seed: seed + 1)
        ),
      ]
    }
    return parts + [("lora_controlnet", [], [1])]
  }

  private func recipe(_ base: String, _ parts: [Part]) throws -> FuseRecipe {
    let path = try workshop.writeAdapter(parts.map { ($0.name, $0.shape, $0.values) })
    return FuseRecipe(basePath: base, adapters: [AdapterRequest(path: path)])
  }

  @Test(
    "with the sum of the model's weights and the factors, and its own tensors",
    arguments: [DType.f32, .f16, .bf16])
  func values(dtype: DType) throws {
    let base = try workshop.writeBase(dtype)
    let parts = try parts()
    let files = Dictionary(uniqueKeysWithValues: parts.map { ($0.name, $0) })
    let result = try workshop.fuse(try recipe(base, parts))
    let model = try Checkpoint.open(base)
    #expect(result.tensors.count == (try tensors()).count)
    var (sums, wholes, kept) = (0, 0, 0)
    for tensor in try tensors() {
      let found = try #require(result["control_model." + tensor.bare])
      #expect(found.info.shape == tensor.shape)
      if let whole = files[tensor.bare] {
        #expect(try found.doubles() == whole.values.map(Double.init))
        wholes += 1
        continue
      }
      var expected = try #require(model[tensor.name.path]).doubles()
      let stem = String(tensor.bare.dropLast(".weight".count))
      if let up = files["\(stem).up"], let down = files["\(stem).down"] {
        add(up, down, to: &expected)
        expected = expected.map { rounded($0, to: dtype) }
        sums += 1
      } else {
        kept += 1
      }
      #expect(try found.doubles() == expected, "\(tensor.bare)")
    }
    #expect(sums > 50 && wholes > 100 && kept == 4)
  }

  private func add(_ up: Part, _ down: Part, to values: inout [Double]) {
    let columns = values.count / up.shape[0]
    for index in values.indices {
      let (row, column) = (index / columns, index % columns)
      // Products of F32 numbers and a sum of three are exact enough in float64 for one rounding.
      for inner in 0..<Self.rank {
        values[index] +=
          Double(up.values[row * Self.rank + inner]) * Double(down.values[inner * columns + column])
      }
    }
  }

  @Test("which is known as one, carries its recipe, and is never written into the model")
  func output() throws {
    let base = try workshop.writeBase(.f16)
    let parts = try parts()
    let recipe = try recipe(base, parts)
    let plan = try FusePlanner.plan(recipe, library: workshop.library, threads: 2)
    let result = try workshop.fuse(recipe)
    let recognition = try workshop.library.recognize(result.tensors.map(\.info))
    #expect(recognition.kind == .controlnet && recognition.architecture?.id == "sd15")
    #expect(recognition.missing == [] && recognition.mismatches == [])
    let adapter = try #require(plan.adapters.first)
    #expect(adapter.family == "control-lora" && adapter.applied.count == parts.count - 1)
    #expect(adapter.ignored.map(\.name) == ["lora_controlnet"] && adapter.unmatched == [])
    let stated = plan.model.recipeValue["base"]?.elements?.first?["sample_sha256"]?.text
    #expect(try Checkpoint.open(base).sampleHashes().first == stated)
    #expect(throws: TransformError.self) { try InPlacePlan.of(plan.model) }
  }

  @Test("and after a merge in the same recipe, of what the merge gave")
  func chain() throws {
    let paths = try ["a", "b"].map { try workshop.writeModel($0, .f32) }
    let parts = try parts()
    let control = try recipe(paths[0], parts).adapters[0].path
    var recipe = MergeRecipe(output: RecipeOutput(from: RecipeReference("control")))
    recipe.models = zip(["a", "b"], paths).map { RecipeModel(name: $0, path: $1) }
    let inputs = ["a", "b"].map { MergeInput(RecipeReference($0), options: [:]) }
    recipe.steps = [
      RecipeStep(
        name: "mixed",
        action: .merge(
          MergeStep(
            method: "weighted-sum", inputs: inputs, base: nil, options: ["alpha": .number(0.25)],
            blocks: nil, tensors: []))),
      RecipeStep(
        name: "control",
        action: .fuse(
          FuseStep(
            base: RecipeReference("mixed"), adapters: [RecipeAdapter(path: control)]))),
    ]
    let plan = try RecipePlanner.plan(
      recipe, library: workshop.library, options: RecipePlanner.Options())
    let output = workshop.path("control.safetensors")
    _ = try plan.model.runner(options: Workshop.options).run(
      path: output, inputs: plan.model.inputFiles
    ) { _ in }
    let files = Dictionary(uniqueKeysWithValues: parts.map { ($0.name, $0) })
    let models = try paths.map { try Checkpoint.open($0) }
    let (a, b) = (
      try #require(models[0][Self.layer + ".weight"]).doubles(),
      try #require(models[1][Self.layer + ".weight"]).doubles()
    )
    var expected = zip(a, b).map { 0.75 * $0 + 0.25 * $1 }
    add(
      try #require(files["\(Self.stem).up"]), try #require(files["\(Self.stem).down"]),
      to: &expected)
    let found = try #require(try Checkpoint.open(output)["control_model.\(Self.stem).weight"])
    #expect(try found.doubles() == expected.map { rounded($0, to: .f32) })
  }

  /// What is wrong with a file, and what the message must name.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var change: @Sendable (inout [Part]) -> Void = { _ in }
    var scale = 1.0
    let words: [String]
  }

  static let cases = [
    Case(
      testDescription: "a factor is missing",
      change: { parts in parts.removeAll { $0.name == "\(stem).down" } },
      words: [stem, "no factor down"]),
    Case(
      testDescription: "the ranks differ",
      change: { $0.set("\(stem).up", [32, 3]) }, words: [stem, "[32, 3]", "[2, 64]", "[32, 64]"]),
    Case(
      testDescription: "factors for another width",
      change: { $0.set("\(stem).down", [2, 63]) }, words: [stem, "[2, 63]", "[32, 64]"]),
    Case(
      testDescription: "a norm of another width",
      change: { $0.set("input_blocks.1.0.in_layers.0.weight", [31]) },
      words: ["input_blocks.1.0.in_layers.0.weight", "[31]", "[32]"]),
    Case(
      testDescription: "a first convolution of the hint that does not fit the second",
      change: { $0.set("input_hint_block.0.bias", [5]) },
      words: ["controlnet_cond_embedding.conv_in.bias", "[5]", "[4]"]),
    Case(
      testDescription: "a tensor that no ControlNet has",
      change: {
        $0.append(("output_blocks.0.0.in_layers.2.up", [4, 2], [0, 0, 0, 0, 0, 0, 0, 0]))
      },
      words: ["output_blocks.0.0.in_layers.2.up", "fit nothing"]),
    Case(
      testDescription: "a convolution that starts at zero is missing",
      change: { parts in parts.removeAll { $0.name == "zero_convs.3.0.weight" } },
      words: ["controlnet_down_blocks.3.weight"]),
    Case(
      testDescription: "a weight is there as a whole, too",
      change: {
        $0.append(("\(stem).weight", [32, 64], Array(repeating: 0, count: 32 * 64)))
      }, words: ["\(stem).weight", "as a whole and as factors"]),
    Case(testDescription: "a strength", scale: 0.5, words: ["strength"]),
  ]

  @Test("and is refused where it does not fit", arguments: cases)
  func refusals(case broken: Case) throws {
    var parts = try parts()
    broken.change(&parts)
    var recipe = try recipe(try workshop.writeBase(.f16), parts)
    recipe.adapters[0].unetScale = broken.scale
    let error = try #require(FamilyRefusalTests.refusal(of: recipe, in: workshop))
    #expect(error.status == .refused)
    let text = "\(error.what) \(error.place ?? "") \(error.advice)"
    for word in broken.words + [recipe.adapters[0].path] {
      #expect(text.contains(word), "\(word): \(text)")
    }
  }

  @Test("and is refused beside another adapter")
  func beside() throws {
    var recipe = try recipe(try workshop.writeBase(.f16), try parts())
    recipe.adapters.append(
      AdapterRequest(
        path: try workshop.writeAdapter([
          ("lora_unet_conv_in.diff_b", [32], Workshop.values(32, seed: 1))
        ])))
    let error = try #require(FamilyRefusalTests.refusal(of: recipe, in: workshop))
    #expect(error.status == .refused && "\(error.what)".contains("no other adapter"))
  }
}

extension [ControlLoRATests.Part] {
  /// Gives a tensor another shape.
  fileprivate mutating func set(_ name: String, _ shape: [Int]) {
    for index in indices where self[index].name == name {
      self[index].shape = shape
      self[index].values = Array<Float>(repeating: 0.5, count: shape.reduce(1, *))
    }
  }
}
