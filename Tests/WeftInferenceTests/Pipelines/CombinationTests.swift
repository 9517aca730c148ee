import Testing
import WeftFiles
import WeftFormats
import WeftInference
import WeftKernels
import WeftTensors
import WeftTestSupport
import WeftTransform

/// A ResAdapter in a model that is not made for the size, with each of its paper's companions: whole pictures against those
/// of diffusers, which got the adapters in their weights.
@Suite struct CombinationTests {
  /// As in `PipelineTests`: what chains of float32 take apart.
  private static let tolerance = 5e-5

  /// The adapters beside the ResAdapter, and what else guides.
  enum Companion: String, CaseIterable {
    case personalised, controlnet, lcm
    case ipAdapter = "ip_adapter"
  }

  @Test(arguments: Companion.allCases)
  func `a ResAdapter works with its companion`(_ companion: Companion) throws {
    let golden = try Golden("combo_\(companion.rawValue)", in: "inference")
    let run = try PictureRun(settings(golden, companion), models(companion)) { request in
      try add(companion, golden, to: &request)
    }
    #expect(run.steps.count == 4)
    for (step, latents) in run.steps.enumerated() {
      let wanted = try golden.tensor("latents.step\(step)")
      #expect(relativeL2(latents.floats, wanted.floats) < Self.tolerance, "step \(step)")
    }
    let error = try relativeL2(run.images[0].floats, golden.tensor("image").floats)
    #expect(error < Self.tolerance)
  }

  private func settings(_ golden: Golden, _ companion: Companion) throws -> PictureSettings {
    let metadata = golden.checkpoint.metadata
    var settings = PictureSettings()
    settings.prompt = metadata["prompt"]
    settings.negative = metadata["negative"]
    (settings.width, settings.height) = (160, 96)
    settings.steps = metadata["steps"].flatMap { Int($0) }
    settings.guidance = metadata["cfg"].flatMap { Double($0) }
    settings.seed = metadata["seed"].flatMap { Int($0) }
    settings.sampler = companion == .lcm ? "lcm" : "ddim"
    settings.promptStyle = PromptStyle.plain.rawValue
    return settings
  }

  private func models(_ companion: Companion) throws -> PictureModels {
    let adapters =
      [Golden.path("resadapter_sd15_unet.lora", in: nil)]
      + (companion == .lcm ? [Golden.path("combo_lcm_lora", in: "inference")] : [])
    let norms = Golden.path("resadapter_sd15_unet.norm", in: nil)
    let recipe = FuseRecipe(
      basePath: try TinyModels.path(.sd15),
      adapters: (adapters + [norms]).map { AdapterRequest(path: $0) })
    return PictureModels(try AdaptedModel.open(recipe, library: .embedded()))
  }

  private func add(
    _ companion: Companion, _ golden: Golden, to request: inout PictureRequest
  ) throws {
    switch companion {
    case .personalised, .lcm: break
    case .controlnet:
      var control = ControlRequest(
        AdaptedModel(try TinyModels.open(.controlNet)),
        picture: .pixels(try golden.tensor("in.cond01")))
      control.scale = 0.8
      request.controls = [control]
    case .ipAdapter:
      let planes = try golden.tensor("in.picture").floats.map { UInt8($0) }
      var prompt = ImagePromptRequest(
        AdaptedModel(try TinyModels.open(.ipAdapter, file: "ip-adapter.safetensors")),
        vision: AdaptedModel(try TinyModels.open(.ipAdapter, file: "image_encoder")),
        picture: Picture(planes: planes, width: 56, height: 56, channelCount: 3))
      prompt.scale = 0.6
      request.imagePrompts = [prompt]
    }
  }
}

/// Guides that cannot guide.
@Suite struct UnfitGuideTests {
  @Test func `a ControlNet of another architecture is refused before anything is loaded`() throws {
    var settings = PictureSettings()
    (settings.prompt, settings.steps, settings.width, settings.height) = ("a", 1, 64, 64)
    let models = PictureModels(AdaptedModel(try TinyModels.open(.sdxl)))
    let pixels = Tensor([1, 3, 64, 64], [Float](repeating: 0, count: 3 * 64 * 64))
    let error = try #require(throws: InferenceError.self) {
      try PictureRun(settings, models) { request in
        request.controls = [
          ControlRequest(AdaptedModel(try TinyModels.open(.controlNet)), picture: .pixels(pixels))
        ]
      }
    }
    #expect(error.status == .refused && error.what.contains("another architecture"))
  }
}
