import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("Several families in one run")
struct FamilyOrderTests {
  private static let path = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"
  private static let stem = "lora_unet_" + path.split(separator: ".").joined(separator: "_")

  private func adapters(_ workshop: Workshop) throws -> (sum: String, scaling: String) {
    let sum = try workshop.writeAdapter([
      ("\(Self.stem).diff", [32, 64], Workshop.values(32 * 64, seed: 1))
    ])
    let scaling = try workshop.writeAdapter([
      ("\(Self.stem).weight", [32], Workshop.values(32, seed: 2)),
      ("\(Self.stem).on_input", [], [0]),
    ])
    return (sum, scaling)
  }

  @Test(
    "a change that is no sum acts on what the adapters before it gave", arguments: [true, false])
  func order(sumFirst: Bool) throws {
    let workshop = try Workshop()
    let base = try workshop.writeBase(.f32)
    let (sum, scaling) = try adapters(workshop)
    let paths = sumFirst ? [sum, scaling] : [scaling, sum]
    let fused = try workshop.fuse(
      FuseRecipe(basePath: base, adapters: paths.map { AdapterRequest(path: $0) }))
    let before = try #require(try Checkpoint.open(base)[Self.path + ".weight"]).doubles()
    let after = try #require(fused[Self.path + ".weight"]).doubles()
    let difference = Workshop.values(32 * 64, seed: 1).map(Double.init)
    let factors = Workshop.values(32, seed: 2).map { 1 + Double($0) }
    for index in before.indices {
      let (weight, factor) = (before[index], factors[index / 64])
      let wanted =
        sumFirst ? (weight + difference[index]) * factor : weight * factor + difference[index]
      #expect(after[index] == rounded(wanted, to: .f32))
    }
  }

  @Test("rotations on lengths on rotations are read right, however their rows are cut")
  func stack() throws {
    let workshop = try Workshop()
    let base = try FamilyFixture.writeBase(in: workshop, .f32)
    let names = ["boft", "dora-output", "oft-kohya", "glora", "dora-input", "boft-constraint"]
    let paths = try names.map {
      try FamilyFixture($0).writeAdapter(in: workshop, named: $0)
    }
    let requests = paths.map { path in
      var request = AdapterRequest(path: path)
      request.unetScale = 0.5
      return request
    }
    let together = try workshop.fuse(FuseRecipe(basePath: base, adapters: requests))
    // One after the other, in F32: every step rounds once.
    var step = base
    for request in requests {
      step = try workshop.fuse(FuseRecipe(basePath: step, adapters: [request])).path
    }
    let apart = try Checkpoint.open(step)
    for layer in FamilyFixture.layers.values {
      let one = try #require(together[layer + ".weight"]).doubles()
      let other = try #require(apart[layer + ".weight"]).doubles()
      let greatest = one.map(abs).max() ?? 0
      // Six roundings to F32, each of which the later steps may enlarge a little.
      let tolerance = 1e-6 * greatest
      #expect(zip(one, other).allSatisfy { abs($0 - $1) <= tolerance }, "\(layer)")
    }
    let threads = try workshop.fuse(FuseRecipe(basePath: base, adapters: requests), threads: 1)
    #expect(
      try together.tensors.map { try $0.bytes() } == threads.tensors.map { try $0.bytes() })
  }

  @Test("a replacement comes first and takes no strength but 0", arguments: [0.0, 0.3, 1.0])
  func replacement(strength: Double) throws {
    let workshop = try Workshop()
    let base = try workshop.writeBase(.f32)
    let sum = try adapters(workshop).sum
    let values = Workshop.values(32 * 64, seed: 9)
    let whole = try workshop.writeAdapter([("\(Self.stem).set_weight", [32, 64], values)])
    var request = AdapterRequest(path: whole)
    request.unetScale = strength
    let fused = try workshop.fuse(
      FuseRecipe(basePath: base, adapters: [AdapterRequest(path: sum), request]))
    let before = try #require(try Checkpoint.open(base)[Self.path + ".weight"]).doubles()
    let difference = Workshop.values(32 * 64, seed: 1)
    let found = try #require(fused[Self.path + ".weight"]).doubles()
    for index in before.indices {
      let start = strength == 0 ? before[index] : Double(values[index])
      #expect(found[index] == rounded(start + Double(difference[index]), to: .f32))
    }
  }
}
