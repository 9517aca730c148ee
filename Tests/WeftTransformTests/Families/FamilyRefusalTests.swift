import Foundation
import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("Adapters that do not fit are refused before anything is written")
struct FamilyRefusalTests {
  /// A broken module of a family, the exit code, and what the message must name.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let parts: [(String, [Int])]
    var status = ExitStatus.refused
    let words: [String]
    var value: Float = 0.25
    var stem = linear
    var testDescription: String { name }
  }

  /// The model's tensor is [32, 64].
  static let linear = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
  /// The model's tensor is [32, 32, 3, 3].
  static let convolution = "lora_unet_down_blocks_0_resnets_0_conv1"

  static let cases = [
    Case(
      name: "Tucker core of another kernel",
      parts: [
        ("lora_up.weight", [32, 4, 1, 1]), ("lora_down.weight", [4, 32, 1, 1]),
        ("lora_mid.weight", [4, 4, 5, 5]),
      ], words: ["lora_mid.weight", "[4, 4, 5, 5]", "[32, 32, 3, 3]"], stem: convolution),
    Case(
      name: "LoHa whose ranks differ",
      parts: [
        ("hada_w1_a", [32, 4]), ("hada_w1_b", [5, 64]), ("hada_w2_a", [32, 4]),
        ("hada_w2_b", [4, 64]),
      ], words: ["hada_w1_a", "[32, 4]", "[32, 64]"]),
    Case(
      name: "LoHa of another width",
      parts: [
        ("hada_w1_a", [32, 4]), ("hada_w1_b", [4, 48]), ("hada_w2_a", [32, 4]),
        ("hada_w2_b", [4, 48]),
      ], words: ["[32, 48]", "[32, 64]"]),
    Case(
      name: "LoHa with one core",
      parts: [
        ("hada_w1_a", [4, 32]), ("hada_w1_b", [4, 32]), ("hada_w2_a", [4, 32]),
        ("hada_w2_b", [4, 32]), ("hada_t1", [4, 4, 3, 3]),
      ], words: ["one of its products has a core"], stem: convolution),
    Case(
      name: "LoKr whose factors do not multiply to the shape",
      parts: [("lokr_w1", [4, 8]), ("lokr_w2", [8, 4])],
      words: ["[4, 8]", "[8, 4]", "[32, 64]"]),
    Case(
      name: "LoKr whose left factor does not divide",
      parts: [("lokr_w1", [5, 8]), ("lokr_w2", [8, 8])], words: ["[5, 8]", "[32, 64]"]),
    Case(
      name: "LoKr that is full and factored",
      parts: [
        ("lokr_w1", [4, 8]), ("lokr_w2", [8, 8]), ("lokr_w2_a", [8, 2]), ("lokr_w2_b", [2, 8]),
      ], words: ["lokr_w2"]),
    Case(
      name: "LoKr half of whose product is missing",
      parts: [("lokr_w1", [4, 8]), ("lokr_w2_a", [8, 2])], words: ["lokr_w2_b"]),
    Case(
      name: "DoRA whose magnitudes fit neither axis",
      parts: [
        ("lora_up.weight", [32, 4]), ("lora_down.weight", [4, 64]), ("dora_scale", [1, 63]),
      ], words: ["dora_scale", "[1, 63]", "[32, 1] or [1, 64]"]),
    Case(
      name: "GLoRA of another width",
      parts: [
        ("a1.weight", [63, 4]), ("a2.weight", [4, 63]), ("b1.weight", [32, 4]),
        ("b2.weight", [4, 64]),
      ], words: ["[32, 64]"]),
    Case(
      name: "(IA)3 of another length", parts: [("weight", [31]), ("on_input", [])],
      words: ["weight", "[31]", "32 numbers"], value: 0),
    Case(
      name: "(IA)3 with an odd side", parts: [("weight", [32]), ("on_input", [])],
      status: .badData, words: ["on_input", "neither 0 nor 1"], value: 0.5),
    Case(
      name: "OFT whose blocks do not make up the rows", parts: [("oft_blocks", [3, 8, 8])],
      words: ["oft_blocks", "[3, 8, 8]", "32"]),
    Case(
      name: "OFT whose sizes overflow", parts: [("oft_blocks", [0, 8, 8])],
      words: ["oft_blocks"]),
    Case(
      name: "OFT with a negative bound",
      parts: [("oft_blocks", [4, 8, 8]), ("alpha", [])], status: .badData, words: ["alpha"],
      value: -1),
    Case(
      name: "kohya's OFT with a bound of 0",
      parts: [("oft_blocks", [4, 8, 8]), ("alpha", [])], words: ["--alpha-zero"], value: 0,
      stem: "oft_" + linear.dropFirst("lora_".count)),
    Case(
      name: "BOFT with stages that cannot tile", parts: [("oft_blocks", [6, 8, 4, 4])],
      words: ["6 stages", "32 rows"]),
    Case(
      name: "BOFT with very many stages", parts: [("oft_blocks", [200, 8, 4, 4])],
      words: ["200 stages"]),
    Case(
      name: "BOFT with odd blocks", parts: [("oft_blocks", [1, 32, 1, 1])],
      words: ["cannot tile"]),
    Case(
      name: "OFT rescaled by another length",
      parts: [("oft_blocks", [4, 8, 8]), ("rescale", [31, 1])],
      words: ["rescale", "[31, 1]"]),
    Case(
      name: "a replacement of another shape", parts: [("set_weight", [32, 63])],
      words: ["[32, 63]", "[32, 64]"]),
    Case(
      name: "T-LoRA",
      parts: [
        ("q_layer.weight", [4, 64]), ("p_layer.weight", [32, 4]), ("lambda_layer", [1, 4]),
      ], words: ["T-LoRA", "trained on"]),
    Case(
      name: "a magnitude without factors", parts: [("dora_scale", [32, 1])],
      words: ["dora_scale"]),
  ]

  @Test("with the file, the module and both shapes", arguments: cases)
  func refusal(case broken: Case) throws {
    let workshop = try Workshop()
    let base = try workshop.writeBase(.f16)
    let adapter = try workshop.writeAdapter(
      broken.parts.map { suffix, shape in
        ("\(broken.stem).\(suffix)", shape, Self.values(shape, broken.value))
      })
    let recipe = FuseRecipe(basePath: base, adapters: [AdapterRequest(path: adapter)])
    let error = try #require(Self.refusal(of: recipe, in: workshop))
    #expect(error.status == broken.status, "\(error)")
    let text = "\(error.what) \(error.place ?? "") \(error.advice)"
    for word in broken.words + [adapter] { #expect(text.contains(word), "\(word): \(text)") }
  }

  /// The error of a fuse, or nil when there is none.
  static func refusal(
    of recipe: FuseRecipe, in workshop: Workshop
  ) -> (any ActionableError)? {
    do {
      _ = try workshop.fuse(recipe)
      return nil
    } catch { return error as? any ActionableError }
  }

  private static func values(_ shape: [Int], _ value: Float) -> [Float] {
    Array(repeating: value, count: shape.reduce(1, *))
  }

  @Test(
    "NaN in a factor of any family is named",
    arguments: ["loha", "lokr-low", "dora-input", "glora", "ia3-input", "oft", "boft", "sparse"])
  func notFinite(name: String) throws {
    let workshop = try Workshop()
    let base = try workshop.writeBase(.f16)
    let fixture = try FamilyFixture(name)
    let adapter = try fixture.writeAdapter(in: workshop)
    let file = try Checkpoint.open(adapter)
    // A F16 factor of the module; scalars and indices stay.
    let broken = try #require(
      file.tensors.first { $0.info.dtype == .f16 && $0.info.elementCount > 1 })
    let path = workshop.path("broken.safetensors")
    try HashedFile.write(
      try file.tensors.map { tensor in
        var bytes = try tensor.bytes()
        if tensor.info.name == broken.info.name { (bytes[0], bytes[1]) = (0, 0x7E) }
        return try HashedFile.Tensor(
          tensor.info.name, tensor.info.shape, tensor.info.dtype, bytes: bytes)
      }, to: path, options: Workshop.options)
    let recipe = FuseRecipe(basePath: base, adapters: [AdapterRequest(path: path)])
    let error = try #require(Self.refusal(of: recipe, in: workshop))
    #expect(error.status == .badData)
    #expect("\(error.place ?? "")".contains(broken.info.name), "\(error)")
  }

  @Test("an index outside of a sparse remainder's matrix is refused")
  func sparseIndex() throws {
    let workshop = try Workshop()
    let base = try workshop.writeBase(.f16)
    let adapter = workshop.path("sparse.safetensors")
    try HashedFile.write(
      [
        try HashedFile.Tensor(
          "\(Self.linear).bias_indices", [2, 1], .i16, bytes: [40, 0, 1, 0]),
        try HashedFile.Tensor("\(Self.linear).bias_values", [1], .f16, bytes: [0, 0x3C]),
      ], to: adapter, options: Workshop.options)
    let recipe = FuseRecipe(basePath: base, adapters: [AdapterRequest(path: adapter)])
    let error = try #require(throws: TransformError.self) { _ = try workshop.fuse(recipe) }
    #expect(error.status == .badData)
    #expect(error.what.contains("[40, 1]"))
  }
}
