import Foundation
import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("Folders as PEFT saves them")
struct PEFTFolderTests {
  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/peft")
  /// PEFT rounds the product and the sum to float32, here the sum is rounded once; the weights are below 2 in size.
  private static let twoRoundings = 0x1p-22

  private static func recipe(_ workshop: Workshop, _ adapter: String) throws -> FuseRecipe {
    FuseRecipe(
      basePath: try workshop.writeBase(.f32), adapters: [try AdapterRequest(argument: adapter)])
  }

  @Test(
    "ranks and alphas by pattern give what PEFT merges, rank-stabilised or not",
    arguments: ["plain", "stabilised"], ["", "/unet", "/unet/adapter_model.safetensors"])
  func patterns(name: String, path: String) throws {
    let workshop = try Workshop()
    let folder = Self.fixtures.appending(path: name)
    let fused = try workshop.fuse(try Self.recipe(workshop, folder.path + path))
    let golden = try Checkpoint.open(folder.appending(path: "merged.safetensors").path)
    #expect(golden.tensors.count == 4)
    for tensor in golden.tensors {
      let found = try #require(fused[tensor.info.name]).doubles()
      let worst = zip(found, try tensor.doubles()).map { ($0 - $1).magnitude }.max()
      #expect(try #require(worst) < Self.twoRoundings)
    }
    let base = try Checkpoint.open(workshop.path("base-F32.safetensors"))
    let changed = try base.tensors.count { try $0.bytes() != fused[$0.info.name]?.bytes() }
    #expect(changed == 4)
  }

  /// A copy of a fixture whose configuration has some texts replaced.
  private func copy(_ workshop: Workshop, replacing old: String, with new: String) throws -> String
  {
    let copy = workshop.url.appending(path: "copy")
    try FileManager.default.copyItem(at: Self.fixtures.appending(path: "plain/unet"), to: copy)
    let config = copy.appending(path: "adapter_config.json")
    let text = try String(contentsOf: config, encoding: .utf8)
    let changed = text.replacing(old, with: new)
    #expect(changed != text)
    try Data(changed.utf8).write(to: config)
    return copy.path
  }

  @Test(
    "a configuration that changes the formula is refused",
    arguments: [
      ("\"fan_in_fan_out\": false", "\"fan_in_fan_out\": true", "fan_in_fan_out"),
      ("\"init_lora_weights\": true", "\"init_lora_weights\": \"pissa_niter_4\"", "pissa"),
      ("\"LORA\"", "\"LOHA\"", "LOHA"), ("\"to_q\": 100", "\"to_(q|k)\": 100", "to_(q|k)"),
      ("\"to_q\": 100", "\"to_q\": \"many\"", "no number"),
      ("\"attn2.to_k\": 3", "\"attn2.to_k\": 5", "says 5"),
    ])
  func refusals(old: String, new: String, word: String) throws {
    let workshop = try Workshop()
    let recipe = try Self.recipe(workshop, try copy(workshop, replacing: old, with: new))
    let error = #expect(throws: TransformError.self) { try workshop.fuse(recipe) }
    #expect(error?.status == .refused && error?.what.contains(word) == true, "\(error as Any)")
  }

  @Test("without its configuration the adapter's strength is not known")
  func noConfiguration() throws {
    let workshop = try Workshop()
    let file = workshop.path("adapter_model.safetensors")
    try FileManager.default.copyItem(
      atPath: Self.fixtures.appending(path: "plain/unet/adapter_model.safetensors").path,
      toPath: file)
    let error = #expect(throws: TransformError.self) {
      try workshop.fuse(try Self.recipe(workshop, file))
    }
    #expect(error?.status == .noInput && error?.what.contains("adapter_config.json") == true)
  }
}
