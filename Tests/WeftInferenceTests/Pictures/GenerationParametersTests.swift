import Testing
import WeftInference
import WeftTransform

@Suite("The parameters of a picture") struct GenerationParametersTests {
  static let webui = """
    masterpiece, (best quality:1.2), 1girl, looking at viewer
    detailed background <lora:add_detail:0.5>
    Negative prompt: (worst quality, low quality:1.4), EasyNegative
    Steps: 28, Sampler: DPM++ 2M SDE Karras, CFG scale: 6.5, Seed: 2489210533, Size: 512x768, \
    Model hash: 6ce0161689, Model: v1-5-pruned-emaonly, VAE hash: c6a580b13a, VAE: vae-ft-mse-840000-ema-pruned.ckpt, \
    Denoising strength: 0.45, Clip skip: 2, ENSD: 31337, Hires upscale: 2, Hires steps: 15, Hires upscaler: 4x-UltraSharp, \
    ADetailer model: face_yolov8n.pt, ControlNet 0: "Module: canny, Model: control_v11p_sd15_canny [d14c016b], Weight: 1, \
    Resize Mode: Crop and Resize", Lora hashes: "add_detail: 7c6bad76eb54", TI hashes: "EasyNegative: c74b4e810b03", \
    Version: v1.6.0
    """

  @Test func `a picture of A1111 is understood, and written again as it was`() {
    let parameters = GenerationParameters(parsing: Self.webui)
    #expect(
      parameters.prompt.hasSuffix("looking at viewer\ndetailed background <lora:add_detail:0.5>"))
    #expect(parameters.negativePrompt == "(worst quality, low quality:1.4), EasyNegative")
    #expect(parameters.fields.count == 20)
    #expect(parameters.steps == 28)
    #expect(parameters.seed == 2_489_210_533)
    #expect(parameters.guidanceScale == 6.5)
    #expect(parameters.size?.width == 512)
    #expect(parameters.size?.height == 768)
    #expect(parameters.clipSkip == 2)
    #expect(parameters.denoisingStrength == 0.45)
    #expect(parameters.sampler == "DPM++ 2M SDE")
    #expect(parameters.schedule == "Karras")
    #expect(parameters["ControlNet 0"]?.hasPrefix("Module: canny, Model: control_v11p") == true)
    #expect(parameters.adapterHashes == [ResourceHash(name: "add_detail", digits: "7c6bad76eb54")])
    #expect(parameters.embeddingHashes.map(\.digits) == ["c74b4e810b03"])
    #expect(parameters.text == Self.webui)
  }

  @Test(
    "texts from elsewhere survive",
    arguments: [
      // Civitai's generator.
      "a fox\nNegative prompt: blurry\nSteps: 25, CFG scale: 7, Sampler: Euler a, Seed: 1, Size: 832x1216, Clip skip: 2, "
        + #"Created Date: "2024-11-11T14:22:33.4567890Z", Civitai resources: [{"type":"checkpoint","modelVersionId":128713,"#
        + #""modelName":"DreamShaper","modelVersionName":"8, final"},{"type":"lora","weight":0.8}], Civitai metadata: {}"#,
      // stable-diffusion.cpp.
      "a lovely cat\nNegative prompt: bad\nSteps: 20, CFG scale: 7, Guidance: 3.5, Eta: 0, Seed: 42, Size: 512x512, "
        + "Model: sd-v1-4.ckpt, RNG: cuda, Sampler: euler_a, Version: stable-diffusion.cpp",
      // A1111 1.9 and later.
      "cat\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 1, Size: 512x512, Version: v1.10.1",
      "Steps: 20, Sampler: Euler, Seed: 1", "only a prompt, with: a colon",
      "猫, ☕\nSteps: 1, Seed: 2, Size: 8x8",
      "wild\nSteps: 5, Seed: 1, Template: \"a \\\"b\\\", c\\nd\", Size: 8x8",
    ])
  func elsewhere(text: String) {
    let parameters = GenerationParameters(parsing: text)
    #expect(parameters.text == text)
    #expect(GenerationParameters(parsing: parameters.text) == parameters)
  }

  @Test func `JSON in the line is kept whole`() {
    let text =
      #"a\#nSteps: 2, Seed: 1, Civitai resources: [{"a":1,"b":"x, y"}], Civitai metadata: {}"#
    let parameters = GenerationParameters(parsing: text)
    #expect(parameters["Civitai resources"] == #"[{"a":1,"b":"x, y"}]"#)
    #expect(parameters["Civitai metadata"] == "{}")
  }

  @Test func `a last line with few fields belongs to the prompt`() {
    let parameters = GenerationParameters(parsing: "a\nstyle: oil, light: soft")
    #expect(parameters.prompt == "a\nstyle: oil, light: soft")
    #expect(parameters.fields.isEmpty)
  }

  @Test func `fields get A1111's places`() {
    var parameters = GenerationParameters(prompt: "a", negativePrompt: "b")
    parameters["Version"] = "weft"
    parameters["Lora hashes"] = "x: 0123456789ab"
    parameters["Seed"] = "1"
    parameters["Steps"] = "20"
    parameters["CFG scale"] = GenerationParameters.number(7)
    parameters.setModel(
      ResourceHash(name: "model", digits: "0123456789"), vae: ResourceHash(name: "vae", digits: "a")
    )
    parameters["RNG"] = "CPU"
    #expect(
      parameters.text == """
        a
        Negative prompt: b
        Steps: 20, CFG scale: 7, Seed: 1, Model hash: 0123456789, Model: model, VAE hash: a, VAE: vae, RNG: CPU, \
        Lora hashes: "x: 0123456789ab", Version: weft
        """)
    parameters["RNG"] = nil
    parameters["Seed"] = "2"
    #expect(parameters["RNG"] == nil)
    #expect(parameters.seed == 2)
  }

  @Test func `whatever is written is read`() {
    var random = SeededRandom()
    let pieces = [
      "a", "B", " ", ",", ":", "\"", "\\", "\n", "猫", "é", "[", "]", "{", "}", "-", "1", "\t", "😀",
      "(",
    ]
    for _ in 0..<2000 {
      var parameters = GenerationParameters(prompt: "p", negativePrompt: "n")
      for name in ["Steps", "Seed", "Some thing", "A1/b-c", "Größe"] {
        let count = Int.random(in: 0...8, using: &random)
        parameters[name] = (0..<count).compactMap { _ in pieces.randomElement(using: &random) }
          .joined()
      }
      let back = GenerationParameters(parsing: parameters.text)
      for field in parameters.fields {
        #expect(back[field.name] == field.value, "\(parameters.text)")
      }
      #expect(back.prompt == "p")
      #expect(back.fields.count == parameters.fields.count)
    }
  }

  @Test func `no text ends the program`() {
    var random = SeededRandom()
    let pieces = [
      "Steps: 1", ", ", ":", "\"", "\\", "\n", "[", "{\"a\":", "}", "Negative prompt:", "\u{0}",
      "x", " ",
    ]
    for _ in 0..<5000 {
      let count = Int.random(in: 0...20, using: &random)
      let text = (0..<count).compactMap { _ in pieces.randomElement(using: &random) }.joined()
      let once = GenerationParameters(parsing: text)
      guard !once.fields.isEmpty else { continue }
      let again = GenerationParameters(parsing: once.text)
      #expect(again.fields.map(\.name) == once.fields.map(\.name), "\(text.debugDescription)")
    }
    _ = GenerationParameters(parsing: String(repeating: "[", count: 100_000) + ": x, ")
    _ = GenerationParameters(parsing: String(repeating: "a ", count: 200_000))
    _ = GenerationParameters(parsing: String(repeating: "ab:[,", count: 50_000))
  }

  @Test func `hashes are those that A1111 writes for the kind of file`() {
    let sha = String(repeating: "0123456789abcdef", count: 4)
    let data = String(repeating: "f", count: 64)
    let safe = ModelHashes(sha256: sha, autoV1: "00000000", dataSHA256: data, content: nil)
    let pickle = ModelHashes(sha256: sha, autoV1: "00000000", dataSHA256: nil, content: nil)
    #expect(
      ResourceHash(path: "m/a.b.safetensors", safe, as: .model)
        == ResourceHash(name: "a.b", digits: "0123456789"))
    #expect(ResourceHash(path: "l.safetensors", safe, as: .adapter)?.digits == "ffffffffffff")
    #expect(ResourceHash(path: "l.pt", pickle, as: .adapter)?.digits == "0123456789ab")
    #expect(ResourceHash(path: "e.safetensors", safe, as: .embedding)?.digits == "0123456789ab")
    let folder = ModelHashes(sha256: nil, autoV1: nil, dataSHA256: nil, content: sha)
    #expect(ResourceHash(path: "folder", folder, as: .model) == nil)
    #expect(ResourceHash.name(of: "x/model.safetensors.zst") == "model")
    var parameters = GenerationParameters(prompt: "")
    parameters.setAdapters([ResourceHash(name: "a:b,c", digits: "0123456789ab")])
    #expect(parameters["Lora hashes"] == "abc: 0123456789ab")
  }
}

/// The same numbers each time.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64 = 8

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
