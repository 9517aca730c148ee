import Testing
import WeftFiles
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTestSupport
import WeftTransform

/// The small models on disk are those with which the goldens were made.
@Suite("The small models") struct TinyModelsTests {
  private let backend: ReferenceBackend

  init() throws { backend = try ReferenceBackend(threads: 2) }

  private func component(_ kind: String, _ base: BaseModel) throws -> ComponentModel {
    try ComponentModel(
      try #require(ComponentKind.named(kind)), of: AdaptedModel(base), configPath: nil,
      library: try FormatLibrary.embedded(), reader: ValueReader(threads: 2))
  }

  private func outputs(
    _ kind: String, _ base: BaseModel, _ inputs: [String: InputTensor]
  ) throws -> [String: Tensor] {
    let model = try component(kind, base)
    let given = NetworkInputs(inputs)
    try model.check(given)
    let outputs = try model.load(backend).plainOutputs(given, Pass(backend))
    return Dictionary(uniqueKeysWithValues: outputs.map { ($0.name, $0.tensor) })
  }

  private func expect(
    _ found: Tensor?, _ golden: Golden, _ name: String, factor: Float = 1
  ) throws {
    let (found, expected) = (try #require(found, "\(name)"), try golden.tensor(name))
    #expect(found.shape == expected.shape, "\(name)")
    let error = relativeL2(found.floats.map { $0 * factor }, expected.floats)
    #expect(error <= networkTolerance, "\(name): \(error)")
  }

  /// The first picture's rows of a tensor.
  private func rows(_ golden: Golden, _ name: String, _ count: Int) throws -> InputTensor {
    let whole = try golden.tensor(name)
    let shape = Shape([count] + whole.shape.dimensions.dropFirst())
    return InputTensor(
      Tensor(shape, Array(whole.floats.prefix(shape.checkedElementCount ?? 0))))
  }

  @Test(arguments: TinyModel.pipelines)
  func `are of their architecture, and predict what diffusers predicts`(
    _ model: TinyModel
  ) throws {
    let base = try TinyModels.open(model)
    #expect(base.architectureID == model.architecture)
    let golden = try Golden(try #require(model.parts.first).golden)
    let sample = try golden.tensor("in.sample")
    var inputs = [
      "sample": InputTensor(sample), "timestep": InputTensor(try golden.tensor("in.timestep")),
      "encoder_hidden_states": try rows(golden, "in.context", sample[0]),
    ]
    if golden.checkpoint["in.text_embeds"] != nil {
      inputs["text_embeds"] = try rows(golden, "in.text_embeds", sample[0])
      inputs["time_ids"] = try rows(golden, "in.time_ids", sample[0])
    }
    try expect(try outputs("unet", base, inputs)["sample"], golden, "out.sample")
  }

  @Test(arguments: [
    (TinyModel.sd15, "text-encoder", "clip_l", "pad_eos"),
    (.sd15Inpaint, "text-encoder", "clip_l", "pad_eos"),
    (.sd2, "text-encoder", "clip_g", "pad_zero"),
    (.sdxl, "text-encoder", "clip_l", "pad_eos"),
    (.sdxl, "text-encoder-2", "clip_g", "pad_zero"),
  ])
  func `encode what transformers encodes`(
    _ model: TinyModel, _ kind: String, _ name: String, _ padding: String
  ) throws {
    let golden = try Golden(name)
    let ids = try golden.integers("in.\(padding).ids")
    let found = try outputs(
      kind, try TinyModels.open(model), ["input_ids": InputTensor([ids.count / 77, 77], ids)])
    try expect(found["last_hidden_state"], golden, "out.\(padding).last_hidden_state")
    if kind == "text-encoder-2" {
      try expect(found["text_embeds"], golden, "out.\(padding).text_embeds")
    }
  }

  @Test(arguments: TinyModel.pipelines)
  func `encode and decode pictures as diffusers does`(_ model: TinyModel) throws {
    let (base, golden) = (try TinyModels.open(model), try Golden("vae"))
    let image = InputTensor(try golden.tensor("in.image"))
    let latent = InputTensor(try golden.tensor("in.latent"))
    let encoded = try outputs("vae-encoder", base, ["image": image])
    try expect(encoded["mean"], golden, "out.mean")
    try expect(
      try outputs("vae-decoder", base, ["latent": latent])["image"], golden, "out.decoded")
    let factor = try component("vae-decoder", base).configuration.number("scaling_factor")
    #expect(factor == (model.architecture == "sdxl" ? 0.13025 : 0.18215))
  }

  @Test func `control a UNet as in diffusers`() throws {
    let golden = try Golden("controlnet")
    let found = try outputs(
      "controlnet", try TinyModels.open(.controlNet),
      [
        "sample": InputTensor(try golden.tensor("in.sample")),
        "timestep": InputTensor([1], [601]),
        "encoder_hidden_states": InputTensor(try golden.tensor("in.context")),
        "controlnet_cond": InputTensor(try golden.tensor("in.cond")),
      ])
    try expect(found["down_residual.3"], golden, "out.down3", factor: 0.75)
    try expect(found["mid_residual"], golden, "out.mid", factor: 0.75)
  }

  @Test func `give the tokens of a picture as in diffusers`() throws {
    let golden = try Golden("ip_adapter")
    let picture = InputTensor(try golden.tensor("in.pixel_values"))
    let encoder = try TinyModels.open(.ipAdapter, file: "image_encoder")
    let embeds = try #require(
      try outputs("clip-vision", encoder, ["pixel_values": picture])["image_embeds"])
    let adapter = try TinyModels.open(.ipAdapter, file: "ip-adapter.safetensors")
    let tokens = try outputs(
      "ip-adapter-projection", adapter, ["image_embeds": InputTensor(embeds)])["tokens"]
    try expect(tokens, golden, "out.image_tokens")
    let layers = try component("ip-adapter-projection", adapter).source
    _ = try IPAdapter(layers, unet: TinyUNet.sd15.source(), backend)
  }

  @Test func `give the features of a picture as in diffusers`() throws {
    let golden = try Golden("t2i_adapter")
    let found = try outputs(
      "t2i-adapter", try TinyModels.open(.t2iAdapter),
      ["image": InputTensor(try golden.tensor("in.cond"))])
    for level in 0..<4 { try expect(found["feature.\(level)"], golden, "out.feat\(level)") }
  }

  @Test func `show a latent quickly as in diffusers`() throws {
    let golden = try Golden("taesd")
    let latent = InputTensor(try golden.tensor("in.latent"))
    let found = try outputs("taesd-decoder", try TinyModels.open(.taesd), ["latent": latent])
    try expect(found["image"], golden, "out.image_m1_1")
  }

  @Test(arguments: [
    ("sd15_txt2img_ddim", 6, 128, 128, 7.5), ("sd15_txt2img_clipskip1", 2, 64, 96, 5),
    ("sd15_img2img_ddim", 6, 128, 128, 7.5), ("sdxl_txt2img_euler", 5, 128, 96, 6),
  ])
  func `made the pictures of the goldens`(
    _ name: String, _ steps: Int, _ height: Int, _ width: Int, _ scale: Double
  ) throws {
    let golden = try PipelineGolden(name)
    #expect(golden.stepCount == steps)
    #expect(try golden.timesteps.count >= steps)
    #expect(try golden.size == (height, width))
    #expect(try golden.latents(step: steps - 1).shape == [1, 4, height / 8, width / 8])
    #expect(try golden.number("cfg") == scale)
  }
}
