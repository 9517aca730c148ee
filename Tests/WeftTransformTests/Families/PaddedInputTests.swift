import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("Adapters of text-to-image models in models with more input channels")
struct PaddedInputTests {
  private static let stem = "lora_unet_conv_in"

  /// The files of one change of [32, 4, 3, 3].
  private static let parts: [String: [(String, [Int])]] = [
    "lora": [("lora_up.weight", [32, 2, 1, 1]), ("lora_down.weight", [2, 4, 3, 3])],
    "loha": [
      ("hada_w1_a", [32, 2]), ("hada_w1_b", [2, 36]), ("hada_w2_a", [32, 2]),
      ("hada_w2_b", [2, 36]),
    ],
    "full": [("diff", [32, 4, 3, 3])],
  ]

  @Test("change the first four channels and leave the others", arguments: ["lora", "loha", "full"])
  func padded(family: String) throws {
    let workshop = try Workshop()
    let adapter = try workshop.writeAdapter(
      try #require(Self.parts[family]).enumerated().map { index, part in
        (
          "\(Self.stem).\(part.0)", part.1,
          Workshop.values(part.1.reduce(1, *), seed: index + 1)
        )
      })
    let base = try workshop.writeBase(.f32)
    let plain = try workshop.fuse(try recipe(base, adapter))
    let wideBase = try writeInpainting(of: base, in: workshop)
    let wide = try workshop.fuse(try recipe(wideBase, adapter))
    let before = try #require(try Checkpoint.open(wideBase)["conv_in.weight"]).doubles()
    let after = try #require(wide["conv_in.weight"]).doubles()
    let narrow = try #require(plain["conv_in.weight"]).doubles()
    for row in 0..<32 {
      let start = row * 81
      #expect(Array(after[start..<start + 36]) == Array(narrow[row * 36..<(row + 1) * 36]))
      #expect(Array(after[start + 36..<start + 81]) == Array(before[start + 36..<start + 81]))
    }
    let plan = try FusePlanner.plan(
      try recipe(wideBase, adapter), library: workshop.library, threads: 1)
    #expect(plan.adapters[0].rules.contains { $0.contains("its 4 input channels the first of 9") })
  }

  private func recipe(_ base: String, _ adapter: String) throws -> FuseRecipe {
    FuseRecipe(basePath: base, adapters: [AdapterRequest(path: adapter)])
  }

  /// The workshop's UNet with five input channels more, as inpainting models have.
  private func writeInpainting(of base: String, in workshop: Workshop) throws -> String {
    let plain = try Checkpoint.open(base)
    let path = workshop.path("inpainting.safetensors")
    try HashedFile.write(
      try plain.tensors.map { tensor in
        var bytes = try tensor.bytes()
        var shape = tensor.info.shape
        if tensor.info.name == "conv_in.weight" {
          let row = 36 * 4
          let more = [UInt8](repeating: 0x3D, count: 45 * 4)
          var wider: [UInt8] = []
          for index in 0..<32 { wider += bytes[index * row..<(index + 1) * row] + more }
          bytes = wider
          shape = [32, 9, 3, 3]
        }
        return try HashedFile.Tensor(tensor.info.name, shape, .f32, bytes: bytes)
      }, to: path, options: Workshop.options)
    return path
  }
}
