import Foundation
import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("A fuse against diffusers' weights")
struct GoldenFuseTests {
  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

  private func fixture(_ name: String) -> String {
    Self.fixtures.appendingPathComponent("resadapter_sd15_unet.\(name).safetensors").path
  }

  @Test("the ResAdapter golden's convolution and norms come out")
  func resAdapter() throws {
    let workshop = try Workshop()
    let base = try workshop.writeBase(.f32)
    let recipe = FuseRecipe(
      basePath: base,
      adapters: [AdapterRequest(path: fixture("lora")), AdapterRequest(path: fixture("norm"))])
    var half = recipe
    half.output.dtype = .f16
    let fused = try workshop.fuse(recipe)
    let name = "down_blocks.0.downsamplers.0.conv"
    let golden = try #require(
      try Checkpoint.open(fixture("fused"))["fused.weight.\(name)"]
    ).doubles()
    // The golden is what torch holds after its weights were cast to float16.
    let found = try #require(try workshop.fuse(half)[name + ".weight"]).doubles()
    #expect(found == golden)
    let norms = try Checkpoint.open(fixture("norm"))
    #expect(norms.tensors.count == 88)
    for norm in norms.tensors {
      #expect(try fused[norm.info.name]?.bytes() == norm.bytes())
    }
  }

  @Test("a UNet goes to the LDM layout and back without a changed bit, fused on the way")
  func layouts() throws {
    let workshop = try Workshop()
    let base = try workshop.writeBase(.f16)
    func recipe(_ base: String, _ strength: Double, _ layout: String) -> FuseRecipe {
      var request = AdapterRequest(path: fixture("lora"))
      request.unetScale = strength
      var recipe = FuseRecipe(basePath: base, adapters: [request])
      recipe.output.layout = layout
      return recipe
    }
    let direct = try workshop.fuse(recipe(base, 1, "diffusers"))
    let ldm = try workshop.fuse(recipe(base, 1, "ldm"))
    #expect(ldm["input_blocks.3.0.op.weight"] != nil || ldm.tensors.count == 686)
    for tensor in direct.tensors where tensor.info.shape.rank == 1 {
      #expect(tensor.info.dtype == .f16)
    }
    #expect(ldm.tensors.count == direct.tensors.count)
    #expect(
      try Set(ldm.tensors.map { try $0.bytes() }) == Set(direct.tensors.map { try $0.bytes() }))
  }

  @Test("the bytes are the same for any number of threads", arguments: [1, 2, 3, 7])
  func threads(count: Int) throws {
    let workshop = try Workshop()
    let base = try workshop.writeBase(.bf16)
    let recipe = FuseRecipe(basePath: base, adapters: [AdapterRequest(path: fixture("lora"))])
    let one = try workshop.fuse(recipe, threads: 1)
    let many = try workshop.fuse(recipe, threads: count)
    #expect(
      FileManager.default.contentsEqual(atPath: one.path, andPath: many.path))
  }
}
