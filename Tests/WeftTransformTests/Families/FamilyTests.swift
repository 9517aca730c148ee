import Foundation
import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("Each family gives the weights that its own library gives, rounded once")
struct FamilyTests {
  static let names = [
    "lora", "locon-tucker", "loha", "loha-tucker", "lokr", "lokr-low", "lokr-both", "lokr-left",
    "lokr-tucker", "dora-output", "dora-input", "dora-tucker-output", "dora-tucker-input",
    "dora-loha-output", "dora-loha-input", "dora-lokr-output", "dora-lokr-input", "peft-dora",
    "peft-rslora", "peft-bias", "glora", "glora-tucker", "glora-old", "ia3-output", "ia3-input",
    "oft", "oft-constraint", "oft-kohya", "oft-diag", "boft", "boft-constraint", "sparse",
  ]
  static let types: [DType] = [.f32, .f16, .bf16]
  /// Libraries sum in another order, in float64: one sample in a hundred may fall on the other side of a tie.
  static let tieShare = 0.01

  @Test("on linear layers, 1x1 and 3x3 convolutions, at four strengths", arguments: names, types)
  func family(name: String, dtype: DType) throws {
    let workshop = try Workshop()
    let base = try FamilyFixture.writeBase(in: workshop, dtype)
    let fixture = try FamilyFixture(name)
    let adapter = try fixture.writeAdapter(in: workshop)
    try writeConfig(name, in: workshop)
    for strength in FamilyFixture.strengths {
      let fused = try workshop.fuse(try recipe(workshop, base, adapter, strength))
      var compared = 0
      for (layer, path) in FamilyFixture.layers {
        guard let expected = try fixture.expected(layer, strength) else { continue }
        let found = try #require(fused[path + ".weight"]).doubles()
        let samples = expected.indices.map { found[$0 * FamilyFixture.stride % found.count] }
        try compare(samples, expected, dtype, "\(layer) at \(strength)")
        if let bias = try fixture.expected(layer + ".bias", strength) {
          let samples = try #require(fused[path + ".bias"]).doubles()
          try compare(samples, bias, dtype, "bias of \(layer) at \(strength)")
        }
        compared += 1
      }
      #expect(compared > 1)
    }
  }

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

  /// The adapter, beside a change elsewhere that keeps a strength of 0 from being refused.
  private func recipe(
    _ workshop: Workshop, _ base: String, _ adapter: String, _ strength: Double
  ) throws -> FuseRecipe {
    let other = try workshop.writeAdapter([
      ("lora_unet_mid_block_resnets_0_norm1.w_norm", [96], Workshop.values(96, seed: 5))
    ])
    var request = AdapterRequest(path: adapter)
    request.unetScale = strength
    var recipe = FuseRecipe(basePath: base, adapters: [AdapterRequest(path: other), request])
    recipe.alphaZero = .refused
    return recipe
  }

  /// PEFT keeps alpha beside the weights.
  private func writeConfig(_ name: String, in workshop: Workshop) throws {
    guard name.hasPrefix("peft") else { return }
    let config =
      #"{"peft_type": "LORA", "r": 4, "lora_alpha": 6, "#
      + #""use_rslora": \#(name == "peft-rslora"), "use_dora": \#(name == "peft-dora")}"#
    try config.write(
      toFile: workshop.path("adapter_config.json"), atomically: true, encoding: .utf8)
  }

  @Test("and the second way of verify agrees", arguments: names)
  func reference(name: String) throws {
    let workshop = try Workshop()
    let base = try FamilyFixture.writeBase(in: workshop, .f16)
    let adapter = try FamilyFixture(name).writeAdapter(in: workshop)
    try writeConfig(name, in: workshop)
    let recipe = try recipe(workshop, base, adapter, 0.5)
    let plan = try FusePlanner.plan(recipe, library: workshop.library, threads: 2)
    let fused = try workshop.fuse(recipe)
    var changed = 0
    for tensor in plan.model.tensors where tensor.action == .changed {
      let found = try #require(fused[tensor.info.name]).bytes()
      var unequal = 0
      for piece in tensor.pieces {
        try ReferenceComputer().compute(piece, of: tensor) { slice, offset in
          let part = Array(found[offset..<offset + slice.byteCount])
          unequal += zip(slice.array, part).count { $0 != $1 }
        }
      }
      #expect(unequal <= found.count / 2000, "\(tensor.info.name)")
      changed += 1
    }
    #expect(changed > 2)
  }

  @Test(
    "what a linear family adds, its opposite takes away",
    arguments: ["lora", "locon-tucker", "loha", "lokr-low", "lokr-tucker", "sparse"])
  func thereAndBack(name: String) throws {
    let workshop = try Workshop()
    let base = try FamilyFixture.writeBase(in: workshop, .f32)
    let adapter = try FamilyFixture(name).writeAdapter(in: workshop)
    let there = try workshop.fuse(try recipe(workshop, base, adapter, 0.7)).path
    let back = try workshop.fuse(try recipe(workshop, there, adapter, -0.7))
    let original = try Checkpoint.open(base)
    for path in FamilyFixture.layers.values {
      let before = try #require(original[path + ".weight"]).doubles()
      let after = try #require(back[path + ".weight"]).doubles()
      let greatest = before.map(abs).max() ?? 0
      // Two roundings to F32 of values up to a few times the greatest.
      let tolerance = 1e-6 * max(greatest, 1)
      #expect(zip(before, after).allSatisfy { abs($0 - $1) <= tolerance }, "\(path)")
    }
  }
}
