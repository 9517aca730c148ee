import Testing
import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("Merges that are sums stay sums")
struct LinearMergeTests {
  /// A method, its options and the weights of the models.
  struct Sum: Sendable, CustomTestStringConvertible {
    let method: String
    var alpha = 0.0
    var beta = 0.0
    var weights: [Double] = []
    var models = ["a", "b"]
    var needsBase = false
    var testDescription: String { "\(method) \(alpha) \(beta) \(weights)" }
  }

  private func value(_ sum: Sum, _ goldens: MergeGoldens) throws -> ComputedValue {
    let weights = sum.weights.isEmpty ? sum.models.map { _ in 1 } : sum.weights
    let options = MergeOptions([
      "alpha": .number(sum.alpha), "beta": .number(sum.beta), "lambda": .number(1),
      "normalize": .flag(false),
    ])
    func input(_ name: String, _ weight: Double) throws -> MergedTensor.Input {
      let tensor = try #require(goldens.inputs["linear/\(name)"])
      return MergedTensor.Input(
        ComputedValue(tensor.block(rows: 12)), shape: [12, 20],
        options: MergeOptions(["weight": .number(weight)]), origin: name)
    }
    return try MergeRules.rule(sum.method).value(
      of: MergedTensor(
        name: CanonicalName(component: "unet", path: "linear.weight"),
        models: try zip(sum.models, weights).map(input),
        base: sum.needsBase ? try input("base", 1) : nil, options: options))
  }

  @Test(
    "what one model gives alone is its stored block",
    arguments: [
      (Sum(method: "weighted-sum", alpha: 0), "a"), (Sum(method: "weighted-sum", alpha: 1), "b"),
      (Sum(method: "add-difference", alpha: 0, needsBase: true), "a"),
      (Sum(method: "triple", alpha: 0, beta: 1, models: ["a", "b", "c"]), "c"),
      (Sum(method: "twice", alpha: 1, beta: 0, models: ["a", "b", "c"]), "b"),
      (Sum(method: "sum", weights: [0, 1]), "b"),
      (Sum(method: "task-arithmetic", weights: [1], models: ["c"], needsBase: true), "c"),
      (Sum(method: "task-arithmetic", weights: [0], models: ["c"], needsBase: true), "base"),
      (Sum(method: "slerp", alpha: 1), "b"), (Sum(method: "tensor", alpha: 1), "b"),
      (Sum(method: "tensor", alpha: 0), "a"),
      (Sum(method: "train-difference", alpha: 0, needsBase: true), "a"),
    ])
  func copies(sum: Sum, model: String) throws {
    let block = try #require(try value(sum, try MergeGoldens("numpy")).plainBlock)
    #expect(block.tensor.info.name == "linear/\(model)")
  }

  @Test(
    "a sum is one update of a stored block",
    arguments: [
      (Sum(method: "weighted-sum", alpha: 0.3), 1),
      (Sum(method: "add-difference", alpha: 0.7, needsBase: true), 2),
      (Sum(method: "triple", alpha: 0.3, beta: 0.2, models: ["a", "b", "c"]), 2),
      (Sum(method: "twice", alpha: 0.3, beta: 0.2, models: ["a", "b", "c"]), 2),
      (Sum(method: "sum", weights: [0.5, 0.25]), 1),
      (Sum(method: "task-arithmetic", weights: [0.5, 0.25], needsBase: true), 2),
    ])
  func updates(sum: Sum, terms: Int) throws {
    let value = try value(sum, try MergeGoldens("numpy"))
    guard case .stored = value.start else {
      Issue.record("the sum starts from a formula")
      return
    }
    #expect(value.update.dense.count == terms && value.update.isDirect)
    #expect(value.update.products.isEmpty)
  }

  @Test("a sum of sums is one sum")
  func nested() throws {
    let goldens = try MergeGoldens("numpy")
    let inner = try value(Sum(method: "weighted-sum", alpha: 0.25), goldens)
    let other = try value(
      Sum(method: "weighted-sum", alpha: 0.5, models: ["c", "far"]), goldens)
    let inputs = [inner, other].map {
      MergedTensor.Input($0, shape: [12, 20], origin: "step")
    }
    let outer = try MergeRules.rule("weighted-sum").value(
      of: MergedTensor(
        name: CanonicalName(component: "unet", path: "linear.weight"), models: inputs,
        options: MergeOptions(["alpha": .number(0.4)])))
    #expect(outer.update.isDirect && outer.update.dense.count == 3)
    let parts = try ["a", "b", "c", "far"].map {
      try #require(goldens.inputs["linear/\($0)"]).doubles()
    }
    let factors = [0.6 * 0.75, 0.6 * 0.25, 0.4 * 0.5, 0.4 * 0.5]
    for (index, found) in try outer.values().enumerated() {
      let expected = zip(parts, factors).reduce(0.0) { $0 + $1.0[index] * $1.1 }
      // The sums are rounded at other places.
      #expect((found - expected).magnitude < 1e-15)
    }
  }

  @Test("weights that add up to zero cannot be divided by")
  func zeroWeights() throws {
    let rule = try MergeRules.rule("sum")
    let inputs = [1.0, -1].map {
      MergedTensor.Input(
        ComputedValue(NumberMatrix(rows: 1, columns: 2) { Double($0) }), shape: [2],
        options: MergeOptions(["weight": .number($0)]), origin: "model")
    }
    let tensor = MergedTensor(
      name: CanonicalName(component: "unet", path: "x"), models: inputs,
      options: MergeOptions(["normalize": .flag(true)]))
    #expect(throws: TransformError.self) { try rule.value(of: tensor) }
  }
}
