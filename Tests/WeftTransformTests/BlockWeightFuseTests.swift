import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("Block weights in a fuse")
struct BlockWeightFuseTests {
  /// Modules of three blocks: the path, the block and the width.
  private static let modules = [
    ("down_blocks.0.attentions.0.proj_in", "IN01", 32),
    ("mid_block.attentions.0.proj_in", "M00", 96),
    ("up_blocks.3.attentions.0.proj_in", "OUT09", 32),
  ]
  private static let downsampler = "down_blocks.0.downsamplers.0.conv"

  /// The base, written once.
  private static func base(_ workshop: Workshop) throws -> String {
    let path = workshop.path("base-F32.safetensors")
    return Paths.exists(path) ? path : try workshop.writeBase(.f32)
  }

  private static func stem(_ path: String) -> String {
    "lora_unet_" + path.replacing(".", with: "_")
  }

  /// An adapter that adds a full difference to one convolution of each block, and to more when asked for.
  private func adapter(_ workshop: Workshop, withDownsampler: Bool = false) throws -> String {
    var tensors = Self.modules.map { path, _, width in
      (
        "\(Self.stem(path)).diff", [width, width, 1, 1],
        Workshop.values(width * width, seed: width)
      )
    }
    if withDownsampler {
      tensors.append(
        ("\(Self.stem(Self.downsampler)).diff", [32, 32, 3, 3], Workshop.values(9216, seed: 9)))
    }
    return try workshop.writeAdapter(tensors)
  }

  private func plan(_ workshop: Workshop, _ argument: String) throws -> FusePlan {
    let recipe = FuseRecipe(
      basePath: try Self.base(workshop), adapters: [try AdapterRequest(argument: argument)])
    return try FusePlanner.plan(recipe, library: workshop.library, threads: 2)
  }

  /// Expects a module's weight to have changed by a multiple of the adapter's difference.
  private func expect(
    _ path: String, changedBy factor: Double, in fused: Checkpoint, _ adapter: String,
    _ workshop: Workshop
  ) throws {
    let base = try Checkpoint.open(workshop.path("base-F32.safetensors"))
    let before = try #require(base[path + ".weight"]).doubles()
    let after = try #require(fused[path + ".weight"]).doubles()
    let name = "\(Self.stem(path)).diff"
    let difference = try #require(try Checkpoint.open(adapter)[name]).doubles()
    #expect(after == zip(before, difference).map { rounded($0 + factor * $1, to: .f32) })
  }

  private func fuse(_ workshop: Workshop, _ argument: String) throws -> Checkpoint {
    try workshop.fuse(
      FuseRecipe(
        basePath: try Self.base(workshop), adapters: [try AdapterRequest(argument: argument)]))
  }

  @Test(
    "each block takes its own part of the strength",
    arguments: [
      (":0.5,lbw=INS", ["IN01": 0.5]), (":lbw=MIDD", ["M00": 1]),
      (":2,lbw=ALL0.5", ["IN01": 1, "M00": 1, "OUT09": 1]),
      (
        ":-1,lbw=0,0.25,0,0,0,0,0,0.5,0,0,0,0,0,0,2,0,0",
        ["IN01": -0.25, "M00": -0.5, "OUT09": -2]
      ), (":unet=0.5,lbw=OUTS,te=7", ["OUT09": 0.5]),
    ] as [(String, [String: Double])])
  func factors(scale: String, factors: [String: Double]) throws {
    let workshop = try Workshop()
    let adapter = try adapter(workshop)
    let fused = try fuse(workshop, adapter + scale)
    for (path, block, _) in Self.modules {
      try expect(path, changedBy: factors[block] ?? 0, in: fused, adapter, workshop)
    }
  }

  @Test(
    "a block that the list leaves out refuses until its weight is said", arguments: [0.0, 0.75])
  func rest(weight: Double) throws {
    let workshop = try Workshop()
    let adapter = try adapter(workshop, withDownsampler: true)
    let error = #expect(throws: TransformError.self) {
      try plan(workshop, adapter + ":lbw=INS")
    }
    #expect(error?.status == .refused && error?.description.contains("IN03") == true)
    #expect(error?.advice.contains("lbw-rest") == true)
    let fused = try fuse(workshop, adapter + ":lbw=INS,lbw-rest=\(weight)")
    try expect(Self.downsampler, changedBy: weight, in: fused, adapter, workshop)
  }

  @Test("the plan counts what a weight of 0 leaves out, and the recipe has the weights")
  func accounting() throws {
    let workshop = try Workshop()
    let plan = try plan(workshop, try adapter(workshop) + ":lbw=INS,lbw-rest=0.5")
    let adapter = try #require(plan.adapters.first)
    #expect(adapter.applied.count == 1 && adapter.unmatched.isEmpty)
    #expect(
      adapter.ignored.map(\.reason).sorted() == [
        "the weight of its block M00 is 0", "the weight of its block OUT09 is 0",
      ])
    #expect(adapter.rules.contains { $0.hasPrefix("block weights: BASE-IN04 1.0, IN05") })
    let recipe = plan.model.recipeValue["adapters"]?.elements?.first
    #expect(recipe?["lbw"]?.text == "INS" && recipe?["lbw_rest"]?.double == 0.5)
    let plain = try self.plan(workshop, try self.adapter(workshop) + ":0.5")
    #expect(plain.model.recipeValue["adapters"]?.elements?.first?["lbw"] == nil)
  }

  @Test("weights that leave nothing refuse the run, and so do those that mean nothing")
  func nothing() throws {
    let workshop = try Workshop()
    let adapter = try adapter(workshop)
    for (scale, status, word) in [
      (":lbw=NONE", ExitCode.refused, "unchanged"), (":lbw=FOO", .usage, "FOO"),
      (":lbw=1,2,3", .refused, "17 or 26"),
    ] {
      let error = #expect(throws: TransformError.self) { try plan(workshop, adapter + scale) }
      #expect(error?.status.rawValue == status.rawValue)
      #expect(error?.what.contains(word) == true, "\(error as Any)")
    }
  }

  private enum ExitCode: Int32 {
    case refused = 2
    case usage = 64
  }

  /// The norms of the first block's first residual unit, as a ResAdapter has them.
  private func norms(_ workshop: Workshop) throws -> String {
    try workshop.writeAdapter([
      ("down_blocks.0.resnets.0.norm1.weight", [32], Workshop.values(32, seed: 1)),
      ("mid_block.resnets.0.norm1.weight", [96], Workshop.values(96, seed: 2)),
    ])
  }

  @Test("a ResAdapter is spared block weights until they are asked for")
  func resAdapter() throws {
    let workshop = try Workshop()
    let adapter = try norms(workshop)
    let spared = try plan(workshop, adapter + ":lbw=MIDD")
    #expect(spared.adapters.first?.applied.count == 2)
    #expect(spared.adapters.first?.rules.contains { $0.contains("lbw-resadapter=1") } == true)
    let list = "0,0.25,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0"
    let fused = try fuse(workshop, adapter + ":lbw=\(list),lbw-resadapter=1")
    let base = try Checkpoint.open(workshop.path("base-F32.safetensors"))
    let values = try Checkpoint.open(adapter)
    for (name, weight) in [
      ("down_blocks.0.resnets.0.norm1.weight", 0.25), ("mid_block.resnets.0.norm1.weight", 0),
    ] {
      let before = try #require(base[name]).doubles()
      let replacement = try #require(values[name]).doubles()
      let expected = zip(before, replacement).map {
        rounded($0 * (1 - weight) + $1 * weight, to: .f32)
      }
      #expect(try #require(fused[name]).doubles() == expected)
    }
  }
}
