import Foundation
import Testing
import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("types chosen for a size or an error")
struct TypeSearchTests {
  let shop = try? Workshop()

  /// Sums over parts that are cut elsewhere differ by rounding.
  static let sumTolerance = 1e-9
  /// The header names the types, so that its size depends on them a little.
  static let headerSlack = 2048

  @Test(
    "the file is as large as was said, within the size, and hardly worse than the frontier",
    arguments: [0.0, 0.07, 0.3, 0.55, 0.81, 1.0])
  func sizes(place: Double) throws {
    let shop = try #require(shop)
    let input = try shop.writeBase(.f16)
    let free = try search(input, .error(0)).frontier
    let (least, most) = try ends(free)
    let limit = least.byteCount + Int(Double(most.byteCount - least.byteCount) * place)
    // The smallest output's own header is what counts at the lower end.
    let target = place == 0 ? try smallestByteCount(input) : limit
    let outcome = try search(input, .byteCount(target))
    let output = try write(outcome.plan)
    let size = try InputFile.open(output).byteCount
    #expect(size <= target)
    #expect(size == outcome.frontier.chosen.byteCount)
    let frontier = outcome.frontier
    let fitting = frontier.points.last { $0.byteCount <= target - Self.headerSlack }
    #expect(frontier.chosen.error <= fitting?.error ?? .infinity)
    guard case .error(let bound) = frontier.lowerBound else {
      Issue.record("a size is bounded by an error")
      return
    }
    #expect(bound <= frontier.chosen.error)
  }

  @Test(
    "the error of the file is the one that was said, and within the bound",
    arguments: [0.2, 0.05, 0.011, 0.003], [DType.f16, .f32])
  func errors(limit: Double, dtype: DType) throws {
    let shop = try #require(shop)
    let input = try shop.writeBase(dtype)
    let outcome = try search(input, .error(limit))
    #expect(outcome.frontier.chosen.error <= limit)
    let output = try write(outcome.plan)
    let measured = try Self.error(
      of: try Checkpoint.open(output).decoded(shop.library), from: try Checkpoint.open(input),
      names: outcome.frontier.tensors.map(\.name))
    #expect(abs(measured - outcome.frontier.chosen.error) <= Self.sumTolerance * measured)
    #expect(try InputFile.open(output).byteCount == outcome.frontier.chosen.byteCount)
    guard case .byteCount(let bound) = outcome.frontier.lowerBound else {
      Issue.record("an error is bounded by a size")
      return
    }
    #expect(bound <= outcome.frontier.chosen.byteCount)
  }

  @Test("a run of the plan measures the same losses, tensor by tensor")
  func losses() throws {
    let shop = try #require(shop)
    let outcome = try search(try shop.writeBase(.f16), .error(0.06))
    var options = Workshop.options
    options.measuresLoss = true
    let summary = try outcome.plan.runner(options: options)
      .run(path: shop.path("losses.gguf"), inputs: []) { _ in }
    let encoded = outcome.frontier.tensors.filter { summary.losses[$0.name] != nil }
    #expect(!encoded.isEmpty)
    for tensor in encoded {
      let loss = try #require(summary.losses[tensor.name])
      let error = (loss.sumSquaredDifference / loss.sumSquaredA).squareRoot()
      #expect(abs(error - tensor.error) <= Self.sumTolerance * error, "\(tensor.name)")
    }
  }

  @Test("no error at all leaves every tensor as it is")
  func lossless() throws {
    let outcome = try search(try #require(shop).writeBase(.f16), .error(0))
    #expect(outcome.frontier.chosen.error == 0)
    #expect(outcome.frontier.tensors.allSatisfy { $0.type == "keep" && $0.error == 0 })
  }

  @Test("an impossible size is refused with the smallest possible one, which is possible")
  func impossibleSize() throws {
    let input = try #require(shop).writeBase(.f16)
    let least = try smallestByteCount(input)
    let outcome = try search(input, .byteCount(least))
    #expect(outcome.frontier.chosen.byteCount == least)
    #expect(try refusal { try search(input, .byteCount(least - 1)) }.what.contains("\(least)"))
  }

  @Test("an impossible error is refused with the smallest possible one, which is possible")
  func impossibleError() throws {
    let input = try #require(shop).writeBase(.f16)
    let rules = [QuantizationRecipe.Rule(pattern: "mid_block.*.weight", type: "q2_k")]
    let refused = try refusal { try search(input, .error(1e-9), rules: rules) }
    let words = refused.what.split(separator: " ")
    let least = try #require(words.last.flatMap { Double($0) })
    #expect(least > 1e-9)
    let outcome = try search(input, .error(least), rules: rules)
    #expect(outcome.frontier.chosen.error == least)
    let below = try refusal { try search(input, .error(least.nextDown), rules: rules) }
    #expect(below.what.hasSuffix("\(least)"))
  }

  @Test("rules stay as they are, and count")
  func rules() throws {
    let shop = try #require(shop)
    let input = try shop.writeBase(.f16)
    let pattern = "down_blocks.0.*.weight"
    let rule = QuantizationRecipe.Rule(pattern: pattern, type: "q6_k")
    let outcome = try search(input, .error(0.1), rules: [rule])
    let names = outcome.plan.decisions.filter {
      $0.dtype == .q6k && $0.name.hasPrefix("down_blocks.0.")
    }
    let told = outcome.frontier.tensors.filter { $0.name.hasPrefix("down_blocks.0.") }
    #expect(!told.isEmpty)
    #expect(told.filter { $0.type == "q6_k" }.count == names.count)
    #expect(told.allSatisfy { $0.error > 0 })
    let without = try search(input, .error(0.1))
    let others = Set(
      without.frontier.tensors.filter { $0.name.hasPrefix("down_blocks.0.") }.map(\.type))
    #expect(others != ["q6_k"])
  }

  @Test("the frontier goes from small to exact, without a step back")
  func frontier() throws {
    let frontier = try search(try #require(shop).writeBase(.f16), .error(0.05)).frontier
    #expect(frontier.points.count > 100)
    for (one, next) in zip(frontier.points, frontier.points.dropFirst()) {
      #expect(one.byteCount < next.byteCount && one.error > next.error)
    }
    #expect(frontier.points.last?.error == 0)
    let shown = frontier.shown(13)
    #expect(shown.count <= 13 && shown.count > 8)
    #expect(shown.first == frontier.points.first && shown.last == frontier.points.last)
  }

  @Test("the number of threads changes nothing", arguments: [2, 5])
  func threads(count: Int) throws {
    let input = try #require(shop).writeBase(.f16)
    let one = try search(input, .error(0.03), threads: 1)
    let several = try search(input, .error(0.03), threads: count)
    #expect(one.frontier == several.frontier)
    #expect(one.plan.recipeValue == several.plan.recipeValue)
  }

  @Test("only the types that are named are chosen, beside each tensor's own")
  func types() throws {
    let input = try #require(shop).writeBase(.f16)
    let frontier = try search(input, .error(0.02), types: ["q6_k", "q3_k"]).frontier
    #expect(Set(frontier.tensors.map(\.type)).isSubset(of: ["q6_k", "q3_k", "keep"]))
    #expect(frontier.tensors.contains { $0.type == "q6_k" })
  }

  @Test("what has infinite values is refused by name, and kept when it is let through")
  func infinite() throws {
    let shop = try #require(shop)
    let (sound, broken) = ("a.weight", "b.weight")
    let input = shop.path("broken.safetensors")
    var bytes = (0..<512 * 4).flatMap { index in
      withUnsafeBytes(of: Float(index % 17 - 8).bitPattern.littleEndian, Array.init)
    }
    let good = try HashedFile.Tensor(sound, [4, 512], .f32, bytes: bytes)
    bytes.replaceSubrange(40..<44, with: [0, 0, 0x80, 0x7F])
    let bad = try HashedFile.Tensor(broken, [4, 512], .f32, bytes: bytes)
    try HashedFile.write([good, bad], to: input, options: lenient)
    let error = #expect(throws: NonFiniteValues.self) {
      try search(input, .error(0.1), types: ["q6_k"], policy: "generic")
    }
    #expect(error?.inputs == [broken])
    let outcome = try search(
      input, .error(0.1), types: ["q6_k"], policy: "generic", options: lenient)
    let types = outcome.frontier.tensors
    #expect(types.first { $0.name == broken }?.type == "keep")
    #expect(types.first { $0.name == sound }?.type == "q6_k")
  }
}

// MARK: Help

extension TypeSearchTests {
  private var lenient: RunOptions {
    var options = Workshop.options
    options.allowsNonFinite = true
    return options
  }

  private func search(
    _ input: String, _ bound: QuantizationGoal.Bound, types: [String] = [],
    rules: [QuantizationRecipe.Rule] = [], threads: Int = 2, policy: String = "comfyui",
    options: RunOptions? = nil
  ) throws -> TypeSearch.Outcome {
    var recipe = ConvertRecipe(inputPath: input)
    recipe.output.format = .gguf
    var quantization = QuantizationRecipe(type: "f16")
    // Its rows of 256 fit every type, however narrow the model is.
    quantization.policy = policy
    quantization.rules = rules
    recipe.output.quantization = quantization
    return try TypeSearch(
      recipe, goal: QuantizationGoal(bound, types: types), library: try #require(shop).library,
      threads: threads
    ).run(options: options ?? RunOptions(threads: threads)) { _ in }
  }

  private func ends(
    _ frontier: SizeFrontier
  ) throws -> (SizeFrontier.Point, SizeFrontier.Point) {
    (try #require(frontier.points.first), try #require(frontier.points.last))
  }

  /// The size that the refusal of one byte names.
  private func smallestByteCount(_ input: String) throws -> Int {
    let words = try refusal { try search(input, .byteCount(1)) }.what.split(separator: " ")
    return try #require(words.last.flatMap { Int($0) })
  }

  private func refusal(_ body: () throws -> TypeSearch.Outcome) throws -> TransformError {
    let error = #expect(throws: TransformError.self) { try body() }
    let refused = try #require(error)
    #expect(refused.status == .refused)
    return refused
  }

  private func write(_ plan: ModelPlan) throws -> String {
    let path = try #require(shop).path("\(UUID().uuidString).gguf")
    _ = try plan.runner(options: Workshop.options).run(path: path, inputs: []) { _ in }
    return path
  }

  /// The error of some tensors together, from values that are read back.
  private static func error(
    of output: Checkpoint, from input: Checkpoint, names: [String]
  ) throws -> Double {
    let stored = Dictionary(uniqueKeysWithValues: output.tensors.map { ($0.info.name, $0) })
    let values = Dictionary(uniqueKeysWithValues: input.tensors.map { ($0.info.name, $0) })
    var (squares, losses) = (0.0, 0.0)
    for name in names {
      let (before, after) = (try #require(values[name]), try #require(stored[name]))
      for (value, other) in zip(try before.doubles(), try after.doubles()) {
        squares += value * value
        losses += (value - other) * (value - other)
      }
    }
    return (losses / squares).squareRoot()
  }
}
