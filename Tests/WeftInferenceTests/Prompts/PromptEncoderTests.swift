import Testing
import WeftFiles
import WeftFormats
import WeftInference
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTestSupport
import WeftTransform

@Suite("Encoded prompts")
struct PromptEncoderTests {
  private let library: FormatLibrary
  private let backend: ReferenceBackend

  init() throws {
    library = try FormatLibrary.embedded()
    backend = try ReferenceBackend(threads: 2)
  }

  private func encoder(
    _ model: TinyModel, _ style: PromptStyle, clipSkip: Int? = nil,
    _ embeddings: [PromptEmbedding] = []
  ) throws -> PromptEncoder {
    try PromptEncoder(
      AdaptedModel(try TinyModels.open(model)), library: library,
      reader: ValueReader(threads: 2), backend: backend, style: style, clipSkip: clipSkip,
      embeddings: embeddings)
  }

  private func context(
    _ encoder: PromptEncoder, _ prompt: String, step: Int = 0, steps: Int = 4
  ) throws -> [Float] {
    let encoded = try encoder.encode(prompt, negative: nil, steps: steps)
    return try #require(encoded.positives(at: step).first).conditioning.context.floats
  }

  private func expect(_ found: Tensor?, _ golden: PipelineGolden, _ name: String) throws {
    let (found, expected) = (try #require(found, "\(name)"), try golden.tensor(name))
    #expect(found.shape == expected.shape, "\(name)")
    if expected.floats.allSatisfy({ $0 == 0 }) {
      #expect(found.floats.allSatisfy { $0 == 0 }, "\(name)")
    } else {
      let error = relativeL2(found.floats, expected.floats)
      #expect(error <= encodingTolerance, "\(name): \(error)")
    }
  }

  @Test(arguments: [("sdxl_txt2img_euler", true), ("sdxl_txt2img_emptyneg", false)])
  func `are those of diffusers`(name: String, hasNegative: Bool) throws {
    let golden = try PipelineGolden(name)
    let encoded = try encoder(.sdxl, .plain).encode(
      "a photo of an astronaut riding a horse on mars",
      negative: hasNegative ? "blurry, low quality" : nil, steps: 5)
    let positives = encoded.positives(at: 3)
    #expect(positives.map(\.weight) == [1])
    try expect(positives[0].conditioning.context, golden, "prompt_embeds")
    try expect(positives[0].conditioning.pooled, golden, "pooled")
    try expect(encoded.negative(at: 3).context, golden, "negative_prompt_embeds")
    try expect(encoded.negative(at: 3).pooled, golden, "negative_pooled")
    #expect(encoded.texts.map(\.length) == ["10 tokens in 1 chunk"])
  }

  @Test(
    arguments: [
      (TinyModel.sd15, nil, "clip_l", "out.pad_eos.last_hidden_state", true),
      (.sd15, 1, "clip_l", "out.pad_eos.last_hidden_state", true),
      (.sd15, 2, "clip_l", "out.pad_eos.penultimate_then_final_ln", true),
      (.sd2, nil, "clip_g", "out.pad_zero.last_hidden_state", true),
      (.sd2, 2, "clip_g", "out.pad_zero.last_hidden_state", true),
      (.sd2, 3, "clip_g", "out.pad_zero.penultimate_then_final_ln", true),
    ] as [(TinyModel, Int?, String, String, Bool)])
  func `are of the layer that is asked for, filled up as the model was trained`(
    model: TinyModel, clipSkip: Int?, name: String, tensor: String, isNormalized: Bool
  ) throws {
    let expected = try Golden(name).tensor(tensor).floats
    let found = try context(
      encoder(model, .plain, clipSkip: clipSkip), "a photo of an astronaut riding a horse on mars")
    #expect(relativeL2(found, Array(expected.prefix(found.count))) <= encodingTolerance)
  }

  @Test(arguments: [
    (TinyModel.sd15, 0), (.sd15, 4), (.sd2, 1), (.sdxl, 4), (.sdxl, Int.max), (.sd15, -1),
  ])
  func `are not of layers that are not there`(model: TinyModel, clipSkip: Int) throws {
    let error = try #require(throws: PromptError.self) {
      try encoder(model, .a1111, clipSkip: clipSkip)
    }
    #expect(error.status == .usage && error.place == "--clip-skip")
  }

  @Test func `keep the mean of a chunk in the style of the web UI`() throws {
    let plain = try context(encoder(.sd15, .plain), "a big cat, sun")
    let found = try context(encoder(.sd15, .a1111), "a (big cat:1.4), [sun]")
    let weights = [1, 1, 1.4, 1.4, 1, 1 / 1.1] + Array(repeating: 1, count: 71)
    let weighted = plain.enumerated().map { Double($1) * weights[$0 / 64] }
    let factor = plain.reduce(0) { $0 + Double($1) } / weighted.reduce(0, +)
    #expect(relativeL2(found, weighted.map { Float($0 * factor) }) <= 1e-6)
    #expect(relativeL2(found, plain) > 1e-2)
    // XL's encoders keep a mean each.
    let both = try context(encoder(.sdxl, .plain), "a cat")
    let twice = try context(encoder(.sdxl, .a1111), "a (cat:1.4)")
    for range in [0..<64, 64..<160] {
      func sum(_ values: [Float]) -> Double {
        values.enumerated().reduce(0) { range.contains($1.0 % 160) ? $0 + Double($1.1) : $0 }
      }
      #expect(abs(sum(both) / sum(twice) - 1) < 1e-4)
    }
  }

  @Test func `go away from the empty prompt in the style of ComfyUI`() throws {
    let plain = try context(encoder(.sd15, .plain), "a cat")
    let empty = try context(encoder(.sd15, .plain), "")
    let found = try context(encoder(.sd15, .comfyui), "a (cat:0.5)")
    let expected = plain.enumerated().map { index, value in
      index / 64 == 2 ? empty[index] + 0.5 * (value - empty[index]) : value
    }
    #expect(relativeL2(found, expected) <= 1e-6)
  }

  @Test func `have as many chunks as the longest needs`() throws {
    let encoder = try encoder(.sdxl, .a1111)
    let long = Array(repeating: "cat", count: 100).joined(separator: " ")
    let encoded = try encoder.encode(
      "\(long) AND a dog", negative: "bad BREAK worse BREAK worst", steps: 4)
    let positives = encoded.positives(at: 0).map(\.conditioning)
    #expect(encoded.texts.map(\.tokenCounts) == [[75, 25], [2]])
    #expect(encoded.negativeTexts.map(\.length) == ["3 tokens in 3 chunks"])
    // Two, one and three chunks are repeated to six.
    for conditioning in positives + [encoded.negative(at: 0)] {
      #expect(conditioning.context.shape == [1, 6 * 77, 160])
      #expect(conditioning.pooled?.shape == [1, 96])
    }
    let alone = try context(encoder, "a dog")
    #expect(positives[1].context.floats == (0..<6).flatMap { _ in alone })
    // The pooled text is that of the first chunk.
    let first = try encoder.encode(
      Array(repeating: "cat", count: 75).joined(separator: " "), negative: nil, steps: 4)
    #expect(
      relativeL2(
        try #require(positives[0].pooled).floats,
        try #require(first.positives(at: 0)[0].conditioning.pooled).floats) < 1e-6)
  }

  @Test func `are padded where repeating would be much`() throws {
    let encoder = try encoder(.sd15, .a1111)
    let five = Array(repeating: "a", count: 5).joined(separator: " BREAK ")
    let six = five + " BREAK a"
    let encoded = try encoder.encode(six, negative: five, steps: 4)
    let negative = encoded.negative(at: 0).context
    #expect(negative.shape == [1, 6 * 77, 64])
    let empty = try context(encoder, "")
    #expect(Array(negative.floats.suffix(77 * 64)) == empty)
  }

  @Test func `change with the steps and are the same where nothing changes`() throws {
    let encoded = try encoder(.sd15, .a1111).encode(
      "a [cat:dog:1] AND [sun|moon] :0.5", negative: "[x:2]", steps: 4)
    #expect(encoded.positives(at: 0).map(\.weight) == [1, 0.5])
    let keys = (0..<4).map(encoded.key)
    #expect(keys[0] == keys[1] && keys[1] != keys[2] && keys[2] != keys[3])
    #expect(Set(keys.map { $0[0] }).count == 2 && Set(keys.map { $0[1] }).count == 2)
    #expect(keys[0][2] == keys[2][2] && keys[2][2] != keys[3][2])
    #expect(encoded.texts.map(\.text) == ["a cat", "a dog", " sun", " moon"])
    let dog = try context(encoder(.sd15, .a1111), "a dog")
    #expect(encoded.positives(at: 2)[0].conditioning.context.floats == dog)
  }

  @Test(
    arguments: [
      (TinyModel.sdxl, PromptStyle.a1111, "", true), (.sdxl, .a1111, "# none", true),
      (.sdxl, .a1111, nil, true), (.sdxl, .a1111, " ", false), (.sdxl, .plain, "", false),
      (.sdxl, .plain, nil, true), (.sdxl, .comfyui, nil, false), (.sd15, .a1111, "", false),
      (.sd15, .plain, nil, false),
    ] as [(TinyModel, PromptStyle, String?, Bool)])
  func `are zero for an empty negative prompt where their program does that`(
    model: TinyModel, style: PromptStyle, negative: String?, isZero: Bool
  ) throws {
    let encoded = try encoder(model, style).encode("a", negative: negative, steps: 1)
    let conditioning = encoded.negative(at: 0)
    #expect(conditioning.context.floats.allSatisfy { $0 == 0 } == isZero)
    #expect((conditioning.pooled?.floats.allSatisfy { $0 == 0 } ?? isZero) == isZero)
    #expect(encoded.negativeTexts.isEmpty == isZero)
  }

  @Test func `of a UNet alone are refused`() throws {
    let folder = try TinyModels.path(.sdxl)
    let unet = try BaseModel.openAnything("\(folder)/unet", library: library)
    let error = try #require(throws: PromptError.self) {
      try PromptEncoder(
        AdaptedModel(unet), library: library, reader: ValueReader(threads: 1), backend: backend,
        style: .plain)
    }
    #expect(error.status == .noInput && error.advice.contains("whole checkpoint"))
  }
}

/// Encoders are a few layers deep: the goldens' own error against float64 is 4e-7.
private let encodingTolerance = 2e-6
