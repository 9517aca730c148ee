import Testing
import WeftFiles
import WeftInference
import WeftKernels
import WeftTensors
import WeftTestSupport
import WeftTransform

/// A picture that diffusers made with a small model, and how weft is asked for the same.
struct PipelineCase: Sendable, CustomTestStringConvertible {
  let golden: String
  var model = TinyModel.sd15
  let sampler: String
  var schedule: String?
  var clipSkip: Int?
  /// Which of the batch is made; its seed is the golden's and so many more.
  var picture = 0
  /// A negative prompt that is not given, where SDXL takes zeros.
  var hasNegative = true

  var testDescription: String { picture == 0 ? golden : "\(golden) picture \(picture)" }

  static let fromNoise = [
    PipelineCase(golden: "sd15_txt2img_ddim", sampler: "ddim"),
    PipelineCase(golden: "sd15_txt2img_pndm", sampler: "pndm"),
    PipelineCase(golden: "sd15_txt2img_euler", sampler: "euler"),
    PipelineCase(golden: "sd15_txt2img_euler_a", sampler: "euler_a"),
    PipelineCase(golden: "sd15_txt2img_dpmpp2m_karras", sampler: "dpm++2m", schedule: "karras"),
    PipelineCase(golden: "sd15_txt2img_clipskip1", sampler: "ddim", clipSkip: 2),
    PipelineCase(golden: "sd15_txt2img_nocfg", sampler: "euler"),
    PipelineCase(golden: "sd15_txt2img_nocfg", sampler: "euler", picture: 1),
    PipelineCase(golden: "sdxl_txt2img_euler", model: .sdxl, sampler: "euler"),
    PipelineCase(
      golden: "sdxl_txt2img_emptyneg", model: .sdxl, sampler: "euler", hasNegative: false),
  ]

  static let fromPictures = [
    PipelineCase(golden: "sd15_img2img_ddim", sampler: "ddim"),
    PipelineCase(golden: "sd15_img2img_euler_a", sampler: "euler_a"),
    PipelineCase(golden: "sd15_inpaint4", sampler: "ddim"),
    PipelineCase(golden: "sd15_inpaint9", model: .sd15Inpaint, sampler: "ddim"),
    PipelineCase(golden: "sd15_controlnet", sampler: "ddim"),
  ]
}

extension PipelineCase {
  /// Asks weft for the picture, computed by the reference.
  func run() throws -> PictureRun {
    let pipeline = try PipelineGolden(golden)
    let models = PictureModels(AdaptedModel(try TinyModels.open(model)))
    return try PictureRun(settings(pipeline), models, start: start(pipeline)) { request in
      if golden.hasSuffix("controlnet") { request.controls = [try control(pipeline)] }
    }
  }

  /// The values of the one picture of a batch that is made.
  func part(of batch: Tensor) -> [Float] {
    let count = batch.elementCount / batch[0]
    return Array(batch.floats[picture * count..<(picture + 1) * count])
  }

  private func settings(_ pipeline: PipelineGolden) throws -> PictureSettings {
    var settings = PictureSettings()
    settings.prompt = try pipeline.prompts[picture]
    settings.negative = hasNegative ? pipeline.negative : nil
    (settings.height, settings.width) = try pipeline.size
    settings.steps = try pipeline.count("steps")
    settings.guidance = try pipeline.number("cfg")
    settings.guidanceRescale = try? pipeline.number("guidance_rescale")
    settings.seed = try pipeline.count("seed") + picture
    settings.sampler = sampler
    settings.schedule = schedule
    settings.clipSkip = clipSkip
    settings.promptStyle = "plain"
    return settings
  }

  private func start(_ pipeline: PipelineGolden) throws -> PictureStart {
    guard let strength = try? pipeline.number("strength") else { return .noise }
    let pixels = try pipeline.input("image_m1_1")
    guard let mask = try? pipeline.input("mask") else {
      return .picture(pixels, strength: strength)
    }
    let picture = Picture(
      width: mask[3], height: mask[2], channelCount: 1,
      values: mask.floats.map { $0 > 0.5 ? 255 : 0 })
    return .masked(pixels, mask: Mask(picture), strength: strength)
  }

  private func control(_ pipeline: PipelineGolden) throws -> ControlRequest {
    var control = ControlRequest(
      AdaptedModel(try TinyModels.open(.controlNet)),
      picture: .pixels(try pipeline.input("cond01")))
    control.scale = try pipeline.number("cond_scale")
    return control
  }
}
