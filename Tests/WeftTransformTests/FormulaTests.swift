import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("Each family is its float64 formula, rounded once")
struct FormulaTests {
  /// A module of the model, its shape, and how kohya spells it.
  struct Target: Sendable, CustomTestStringConvertible {
    let path: String
    let shape: [Int]
    var stem: String { "lora_unet_" + path.split(separator: ".").joined(separator: "_") }
    var testDescription: String { path }
    var rows: Int { shape[0] }
    var columns: Int { shape.dropFirst().reduce(1, *) }
  }

  static let linear = Target(
    path: "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k", shape: [32, 64])
  static let convolution1 = Target(
    path: "down_blocks.0.attentions.0.proj_in", shape: [32, 32, 1, 1])
  static let convolution3 = Target(path: "up_blocks.1.upsamplers.0.conv", shape: [96, 96, 3, 3])
  static let types: [DType] = [.f32, .f16, .bf16]

  @Test(
    "LoRA on linear layers and convolutions",
    arguments: [linear, convolution1, convolution3], [-1, 0.3, 0.5, 1])
  func lora(target: Target, strength: Double) throws {
    for dtype in Self.types {
      let workshop = try Workshop()
      let base = try workshop.writeBase(dtype)
      let rank = 5
      let up = Workshop.values(target.rows * rank, seed: 1)
      let down = Workshop.values(rank * target.columns, seed: 2)
      let upShape = [target.rows, rank] + target.shape.dropFirst(2).map { _ in 1 }
      let adapter = try workshop.writeAdapter([
        ("\(target.stem).lora_up.weight", upShape, up),
        ("\(target.stem).lora_down.weight", [rank] + target.shape.dropFirst(), down),
        ("\(target.stem).alpha", [], [3]),
      ])
      let fused = try fuse(workshop, base, adapter, strength: strength)
      let scale = strength * (3.0 / 5.0)
      try expect(fused, base, target.path + ".weight", dtype) { index, weight in
        let (row, column) = index.quotientAndRemainder(dividingBy: target.columns)
        let sum = (0..<rank).reduce(0.0) { sum, k in
          sum + scale * Double(up[row * rank + k]) * Double(down[k * target.columns + column])
        }
        return weight + sum
      }
    }
  }

  @Test("full differences of weight and bias", arguments: [-1, 0.3, 1.0])
  func difference(strength: Double) throws {
    let target = Self.convolution3
    for dtype in Self.types {
      let workshop = try Workshop()
      let base = try workshop.writeBase(dtype)
      let weight = Workshop.values(target.rows * target.columns, seed: 3)
      let bias = Workshop.values(target.rows, seed: 4)
      let adapter = try workshop.writeAdapter([
        ("\(target.stem).diff", target.shape, weight),
        ("\(target.stem).diff_b", [target.rows], bias),
      ])
      let fused = try fuse(workshop, base, adapter, strength: strength)
      try expect(fused, base, target.path + ".weight", dtype) {
        $1 + strength * Double(weight[$0])
      }
      try expect(fused, base, target.path + ".bias", dtype) { $1 + strength * Double(bias[$0]) }
    }
  }

  @Test("norm deltas", arguments: [-1, 0.3, 1.0])
  func norms(strength: Double) throws {
    for dtype in Self.types {
      let workshop = try Workshop()
      let base = try workshop.writeBase(dtype)
      let path = "mid_block.resnets.0.norm1"
      let stem = "lora_unet_mid_block_resnets_0_norm1"
      let weight = Workshop.values(96, seed: 5)
      let adapter = try workshop.writeAdapter([
        ("\(stem).w_norm", [96], weight), ("\(stem).b_norm", [96], weight),
      ])
      let fused = try fuse(workshop, base, adapter, strength: strength)
      for leaf in [".weight", ".bias"] {
        try expect(fused, base, path + leaf, dtype) { $1 + strength * Double(weight[$0]) }
      }
    }
  }

  @Test(
    "a ResAdapter's norms are replaced, blended or shifted",
    arguments: [NormMode.replace, .lerp, .delta], [0.25, 1.0])
  func resAdapterNorms(mode: NormMode, weight: Double) throws {
    let workshop = try Workshop()
    let base = try workshop.writeBase(.f16)
    let path = "up_blocks.2.resnets.1.norm2.weight"
    let values = Workshop.values(64, seed: 6)
    let adapter = try workshop.writeAdapter([(path, [64], values)])
    var request = AdapterRequest(path: adapter)
    request.normWeight = weight
    var recipe = FuseRecipe(basePath: base, adapters: [request])
    recipe.normMode = mode
    recipe.normBasePath = mode == .delta ? try workshop.writeBase(.f32) : nil
    try expect(try workshop.fuse(recipe), base, path, .f16) { index, old in
      let new = Double(values[index])
      return switch mode {
      case .replace: new
      case .lerp: (1 - weight) * old + weight * new
      default: old + weight * new - weight * old
      }
    }
  }

  @Test("several adapters are summed before the one rounding")
  func several() throws {
    let workshop = try Workshop()
    let base = try workshop.writeBase(.f16)
    let target = Self.linear
    let first = Workshop.values(target.rows * target.columns, seed: 7).map { $0 / 64 }
    let second = Workshop.values(target.rows * target.columns, seed: 8).map { $0 / 64 }
    let adapters = try [first, second].map {
      try workshop.writeAdapter([("\(target.stem).diff", target.shape, $0)])
    }
    let recipe = FuseRecipe(
      basePath: base, adapters: adapters.map { AdapterRequest(path: $0) })
    try expect(try workshop.fuse(recipe), base, target.path + ".weight", .f16) {
      $1 + Double(first[$0]) + Double(second[$0])
    }
  }

  private func fuse(
    _ workshop: Workshop, _ base: String, _ adapter: String, strength: Double
  ) throws -> Checkpoint {
    var request = AdapterRequest(path: adapter)
    request.unetScale = strength
    return try workshop.fuse(FuseRecipe(basePath: base, adapters: [request]))
  }

  private func expect(
    _ fused: Checkpoint, _ base: String, _ name: String, _ dtype: DType,
    sourceLocation: SourceLocation = #_sourceLocation, _ formula: (Int, Double) -> Double
  ) throws {
    let before = try #require(try Checkpoint.open(base)[name]).doubles()
    let after = try #require(fused[name], sourceLocation: sourceLocation)
    #expect(after.info.dtype == dtype)
    let found = try after.doubles()
    let wrong = before.indices.count { found[$0] != rounded(formula($0, before[$0]), to: dtype) }
    #expect(wrong == 0, "\(wrong) of \(before.count)", sourceLocation: sourceLocation)
    #expect(found != before, sourceLocation: sourceLocation)
  }
}
