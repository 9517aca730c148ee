import Testing
import WeftFormats
import WeftInference
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTestSupport
import WeftTransform

@Suite("Textual inversions in prompts")
struct PromptEmbeddingTests {
  private let folder: PromptFolder

  init() throws { folder = try PromptFolder() }

  private func context(
    _ model: TinyModel, _ prompt: String, _ embeddings: [PromptEmbedding],
    _ style: PromptStyle = .a1111
  ) throws -> [Float] {
    let library = try FormatLibrary.embedded()
    let encoder = try PromptEncoder(
      AdaptedModel(try TinyModels.open(model)), library: library,
      reader: ValueReader(threads: 2), backend: try ReferenceBackend(threads: 2), style: style,
      embeddings: embeddings)
    return try #require(
      try encoder.encode(prompt, negative: "", steps: 1).positives(at: 0).first
    ).conditioning.context.floats
  }

  /// An embedding of one tensor, or of two for XL.
  private func embedding(
    _ tensors: [(name: String, shape: [Int], values: [Float])], as name: String,
    _ style: PromptStyle = .a1111
  ) throws -> [PromptEmbedding] {
    try PromptEmbedding.open(try folder.write(tensors, to: name), style: style)
  }

  @Test(arguments: [
    (PromptStyle.a1111, "a photo Textual_Inversion astronaut riding a horse on mars"),
    (.comfyui, "a photo embedding:textual_inversion astronaut riding a horse on mars"),
    (.plain, "a photo textual_inversion astronaut riding a horse on mars"),
  ])
  func `are encoded as transformers does`(style: PromptStyle, prompt: String) throws {
    let golden = try Golden("textual_inversion")
    let embedding = PromptEmbedding(
      word: "textual_inversion", try TextualInversion(golden.checkpoint))
    let found = try context(.sd15, prompt, [embedding], style)
    let error = relativeL2(found, try golden.tensor("out.last_hidden_state").floats)
    // The golden's own error against float64 is 1e-6.
    #expect(error <= 2e-6, "\(error)")
  }

  @Test func `are called by their file's name, or by their own word in the plain style`() throws {
    let tensors: [(name: String, shape: [Int], values: [Float])] = [("<toy>", [2], [1, 2])]
    #expect(try embedding(tensors, as: "my.style.pt").map(\.word) == ["my.style"])
    #expect(try embedding(tensors, as: "my.style.pt", .plain).map(\.word) == ["<toy>"])
    let known: [(name: String, shape: [Int], values: [Float])] = [("emb_params", [1, 2], [1, 2])]
    #expect(try embedding(known, as: "x.safetensors", .plain).map(\.word) == ["x"])
  }

  @Test func `come along in the file of an adapter`() throws {
    let found = try embedding(
      [
        ("lora_unet_x.alpha", [1], [1]),
        ("bundle_emb.b.string_to_param.*", [1, 2], [1, 2]),
        ("bundle_emb.a.b.clip_l", [2, 2], [1, 2, 3, 4]),
        ("bundle_emb.a.b.clip_g", [2, 3], [1, 2, 3, 4, 5, 6]),
      ], as: "adapter.safetensors")
    #expect(found.map(\.word) == ["a.b", "b"] && found.map(\.vectors.count) == [2, 1])
    #expect(try found[0].vectors.vectors(width: 3).floats == [1, 2, 3, 4, 5, 6])
    #expect(throws: NetworkError.self) {
      try embedding([("bundle_emb.a", [1, 2], [1, 2])], as: "bad.safetensors")
    }
  }

  @Test func `of XL give each encoder its own vectors`() throws {
    let values = (0..<160).map { Float($0 % 7) / 7 }
    let both = try embedding(
      [
        ("clip_l", [1, 64], Array(values[..<64])), ("clip_g", [1, 96], Array(values[64...])),
      ], as: "zebra.safetensors")
    let with = try context(.sdxl, "a zebra", both)
    let without = try context(.sdxl, "a zebra", [])
    // The first token of both is the start, which sees nothing that comes after it.
    #expect(with[..<160] == without[..<160])
    #expect(relativeL2(with, without) > 1e-2)
  }

  @Test func `are refused when they are another model's or incomplete`() throws {
    let large = try embedding(
      [("emb_params", [1, 64], Array(repeating: 0, count: 64))], as: "a.pt")
    let error = try #require(throws: NetworkError.self) { try context(.sdxl, "a", large) }
    #expect(error.advice.contains("architecture"))
    #expect(throws: NetworkError.self) {
      try embedding(
        [("clip_l", [1, 2], [1, 2]), ("clip_g", [2, 1], [1, 2])], as: "b.safetensors")
    }
  }
}
