import Foundation
import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("T-LoRA is applied relative to the model that it was trained on")
struct TimestepAdapterTests {
  private static let layers = ["linear", "conv1"]
  /// LyCORIS' singular vectors and ours differ in the last bits of float64: one sample in a hundred may fall on the other side
  /// of a tie.
  private static let tieShare = 0.01

  private func compare(
    _ found: [Double], _ expected: [Double], _ dtype: DType, _ what: String
  ) throws {
    try #require(found.count == expected.count)
    let wanted = expected.map { rounded($0, to: dtype) }
    let unequal = found.indices.filter { found[$0] != wanted[$0] }
    let far = unequal.filter { abs(found[$0] - wanted[$0]) > unit(wanted[$0], dtype) }
    #expect(far.isEmpty, "\(what): \(far.count) of \(found.count) are more than a unit off")
    #expect(Double(unequal.count) <= Double(found.count) * Self.tieShare + 1, "\(what)")
  }

  private func samples(_ model: Checkpoint, _ layer: String, _ count: Int) throws -> [Double] {
    let path = try #require(FamilyFixture.layers[layer])
    let values = try #require(model[path + ".weight"]).doubles()
    return (0..<count).map { values[$0 * FamilyFixture.stride % values.count] }
  }

  private func recipe(
    _ workshop: Workshop, _ base: String, strength: Double
  ) throws -> FuseRecipe {
    var request = AdapterRequest(
      path: try FamilyFixture("tlora").writeAdapter(in: workshop, named: "tlora-\(strength)"))
    request.unetScale = strength
    var recipe = FuseRecipe(basePath: base, adapters: [request])
    recipe.mayBeUnchanged = true
    return recipe
  }

  @Test(
    "as LyCORIS makes it of the model that it was trained on",
    arguments: FamilyTests.types, FamilyFixture.strengths)
  func golden(dtype: DType, strength: Double) throws {
    let workshop = try Workshop()
    let base = try FamilyFixture.writeBase(in: workshop, dtype)
    var recipe = try recipe(workshop, base, strength: strength)
    recipe.tloraBasePath = base
    let fused = try workshop.fuse(recipe)
    let fixture = try FamilyFixture("tlora")
    for layer in Self.layers {
      let expected = try #require(try fixture.expected(layer, strength))
      try compare(
        try samples(fused, layer, expected.count), expected, dtype, "\(layer) at \(strength)")
    }
  }

  @Test("the difference is the training model's, whatever model it is added to")
  func otherModel() throws {
    let workshop = try Workshop()
    let training = try FamilyFixture.writeBase(in: workshop, .f32)
    let base = try workshop.writeModel("tuned", .f32)
    var recipe = try recipe(workshop, base, strength: 1)
    recipe.tloraBasePath = training
    let fused = try workshop.fuse(recipe)
    let fixture = try FamilyFixture("tlora")
    for layer in Self.layers {
      let expected = try #require(try fixture.expected(layer, 1))
      let start = try samples(try Checkpoint.open(training), layer, expected.count)
      let own = try samples(try Checkpoint.open(base), layer, expected.count)
      try compare(
        try samples(fused, layer, expected.count),
        expected.indices.map { own[$0] + (expected[$0] - start[$0]) }, .f32, layer)
    }
  }

  @Test("the number of threads and the second way of verify change no weight by more than a unit")
  func threads() throws {
    let workshop = try Workshop()
    let base = try FamilyFixture.writeBase(in: workshop, .f16)
    var recipe = try recipe(workshop, base, strength: 0.5)
    recipe.tloraBasePath = base
    let (one, two) = (
      try workshop.fuse(recipe, threads: 1), try workshop.fuse(recipe, threads: 2)
    )
    #expect(try one.tensors.map { try $0.bytes() } == two.tensors.map { try $0.bytes() })
    let plan = try FusePlanner.plan(recipe, library: workshop.library, threads: 2)
    let changed = plan.model.tensors.filter { $0.action == .changed }
    #expect(changed.count == Self.layers.count)
    for tensor in changed {
      let found = try #require(two[tensor.info.name]).bytes()
      var unequal = 0
      for piece in tensor.pieces {
        try ReferenceComputer().compute(piece, of: tensor) { slice, offset in
          let part = Array(found[offset..<offset + slice.byteCount])
          unequal += zip(slice.array, part).count { $0 != $1 }
        }
      }
      #expect(unequal <= found.count / 2000, "\(tensor.info.name)")
    }
  }

  /// With a rank of the smaller side or more the leading part is the whole weight.
  @Test(
    "an untrained adapter, whose factors are the model's own leading part, changes nothing",
    arguments: [32, 40])
  func untrained(rank: Int) throws {
    let workshop = try Workshop()
    let base = try workshop.writeBase(.f32)
    let path = try #require(FamilyFixture.layers["linear"])
    let weight = try #require(try Checkpoint.open(base)[path + ".weight"])
    let values = try weight.doubles().map(Float.init)
    let stem = FamilyRefusalTests.linear
    let identity = (0..<32 * rank).map { Float($0 / rank == $0 % rank ? 1 : 0) }
    let adapter = try workshop.writeAdapter([
      ("\(stem).p_layer.weight", [32, rank], identity),
      (
        "\(stem).q_layer.weight", [rank, 64],
        values + Array(repeating: 0, count: (rank - 32) * 64)
      ),
      ("\(stem).lambda_layer", [1, rank], Array(repeating: 1, count: rank)),
    ])
    var recipe = FuseRecipe(basePath: base, adapters: [AdapterRequest(path: adapter)])
    recipe.tloraBasePath = base
    let fused = try workshop.fuse(recipe)
    #expect(try #require(fused[path + ".weight"]).bytes() == weight.bytes())
  }

  /// What is wrong, with the words that the message must have.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var stem = FamilyRefusalTests.linear
    var parts: [(String, [Int])] = [
      ("q_layer.weight", [4, 64]), ("p_layer.weight", [32, 4]), ("lambda_layer", [1, 4]),
    ]
    var hasBase = true
    let words: [String]
  }

  static let cases = [
    Case(
      testDescription: "no training model", hasBase: false,
      words: ["trained on", "--tlora-base"]),
    Case(
      testDescription: "a 3x3 convolution", stem: FamilyRefusalTests.convolution,
      parts: [
        ("q_layer.weight", [4, 32, 1, 1]), ("p_layer.weight", [32, 4, 1, 1]),
        ("lambda_layer", [1, 4]),
      ], words: ["1x1", "[32, 32, 3, 3]"]),
    Case(
      testDescription: "factors of two ranks",
      parts: [
        ("q_layer.weight", [4, 64]), ("p_layer.weight", [32, 5]), ("lambda_layer", [1, 4]),
      ], words: ["p_layer", "[32, 5]", "[32, 4]"]),
    Case(
      testDescription: "another width",
      parts: [
        ("q_layer.weight", [4, 63]), ("p_layer.weight", [32, 4]), ("lambda_layer", [1, 4]),
      ], words: ["q_layer", "[4, 63]", "64"]),
    Case(
      testDescription: "values of another number",
      parts: [
        ("q_layer.weight", [4, 64]), ("p_layer.weight", [32, 4]), ("lambda_layer", [1, 3]),
      ], words: ["lambda_layer", "[1, 3]", "[1, 4]"]),
    Case(
      testDescription: "a training model that no adapter needs", parts: [("diff", [32, 64])],
      words: ["none of the adapters is a T-LoRA"]),
  ]

  @Test("and refused when it cannot be", arguments: cases)
  func refusals(case broken: Case) throws {
    let workshop = try Workshop()
    let base = try workshop.writeBase(.f16)
    let adapter = try workshop.writeAdapter(
      broken.parts.map { suffix, shape in
        ("\(broken.stem).\(suffix)", shape, Workshop.values(shape.reduce(1, *), seed: 3))
      })
    var recipe = FuseRecipe(basePath: base, adapters: [AdapterRequest(path: adapter)])
    recipe.tloraBasePath = broken.hasBase ? base : nil
    let error = try #require(FamilyRefusalTests.refusal(of: recipe, in: workshop))
    #expect(error.status == .refused)
    let text = "\(error.what) \(error.place ?? "") \(error.advice)"
    for word in broken.words { #expect(text.contains(word), "\(word): \(text)") }
  }
}
