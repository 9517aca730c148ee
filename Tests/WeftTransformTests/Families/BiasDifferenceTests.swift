import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("A difference of the bias beside any family")
struct BiasDifferenceTests {
  static let path = "up_blocks.1.upsamplers.0.conv"
  static let stem = "lora_unet_up_blocks_1_upsamplers_0_conv"
  /// The tensors of a module of each family, for a weight [96, 96, 3, 3]; every one with the shape that it needs.
  static let families: [(String, [(String, [Int])])] = [
    ("lora", [("lora_up.weight", [96, 2, 1, 1]), ("lora_down.weight", [2, 96, 3, 3])]),
    (
      "dora",
      [
        ("lora_up.weight", [96, 2, 1, 1]), ("lora_down.weight", [2, 96, 3, 3]),
        ("dora_scale", [96, 1, 1, 1]),
      ]
    ),
    (
      "loha",
      [
        ("hada_w1_a", [96, 2]), ("hada_w1_b", [2, 864]), ("hada_w2_a", [96, 2]),
        ("hada_w2_b", [2, 864]),
      ]
    ),
    ("lokr", [("lokr_w1", [2, 2]), ("lokr_w2", [48, 48, 3, 3])]),
    (
      "glora",
      [
        ("a1.weight", [96, 2, 1, 1]), ("a2.weight", [2, 96, 1, 1]), ("b1.weight", [96, 2, 1, 1]),
        ("b2.weight", [2, 96, 3, 3]),
      ]
    ),
    ("oft", [("oft_blocks", [4, 24, 24])]), ("boft", [("oft_blocks", [2, 8, 12, 12])]),
    ("set-weight", [("set_weight", [96, 96, 3, 3])]),
  ]

  @Test("the weight and the bias both change", arguments: families)
  func both(family: String, parts: [(String, [Int])]) throws {
    let workshop = try Workshop()
    let base = try workshop.writeBase(.f32)
    let difference = Workshop.values(96, seed: 3)
    let tensors = parts.enumerated().map { index, part in
      (
        "\(Self.stem).\(part.0)", part.1,
        Workshop.values(part.1.reduce(1, *), seed: index).map { $0 / 16 }
      )
    }
    let adapter = try workshop.writeAdapter(tensors + [("\(Self.stem).diff_b", [96], difference)])
    var request = AdapterRequest(path: adapter)
    request.unetScale = 0.5
    let recipe = FuseRecipe(basePath: base, adapters: [request])
    let fused = try workshop.fuse(recipe)
    let before = try Checkpoint.open(base)
    let old = try #require(before[Self.path + ".bias"]).doubles()
    let found = try #require(fused[Self.path + ".bias"]).doubles()
    let expected = zip(old, difference).map { rounded($0 + 0.5 * Double($1), to: .f32) }
    #expect(found == expected)
    let weight = Self.path + ".weight"
    #expect(try fused[weight]?.bytes() != before[weight]?.bytes())
    let plan = try FusePlanner.plan(recipe, library: workshop.library, threads: 1)
    #expect(plan.adapters.first?.applied.count == parts.count + 1)
  }
}
