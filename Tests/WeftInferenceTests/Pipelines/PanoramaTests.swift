import WeftFiles
import Testing
import WeftInference
import WeftKernels
import WeftTensors
import WeftTestSupport
import WeftTransform

/// Pictures that a model paints through windows, against those of diffusers.
@Suite struct PanoramaTests {
  /// As in `PipelineTests`: what chains of float32 take apart.
  private static let tolerance = 5e-5

  @Test func `a picture through windows is that of diffusers`() throws {
    let golden = try Golden("combo_panorama", in: "inference")
    var settings = PictureSettings()
    settings.prompt = golden.checkpoint.metadata["prompt"]
    settings.negative = golden.checkpoint.metadata["negative"]
    (settings.width, settings.height, settings.steps) = (576, 512, 2)
    (settings.guidance, settings.seed, settings.sampler) = (7.5, 35, "ddim")
    settings.promptStyle = PromptStyle.plain.rawValue
    let models = PictureModels(AdaptedModel(try TinyModels.open(.sd15)))
    let run = try PictureRun(settings, models) { $0.window = ViewWindow(side: 64, stride: 8) }
    for (step, latents) in run.steps.enumerated() {
      let wanted = try golden.tensor("latents.step\(step)")
      #expect(relativeL2(latents.floats, wanted.floats) < Self.tolerance, "step \(step)")
    }
    #expect(run.steps.count == 2)
  }

  @Test(arguments: [
    (64, [0]), (72, [0, 8]), (80, [0, 8, 16]), (70, [0, 6]), (100, [0, 8, 16, 24, 32, 36]),
    (40, [0]),
  ])
  func `windows cover everything`(_ width: Int, _ starts: [Int]) {
    let latents = Latents(
      pictureCount: 1, channelCount: 1, height: 64, width: width,
      values: [Float](repeating: 0, count: 64 * width))
    let windows = LatentView.windows(of: latents, side: 64, stride: 8)
    #expect(windows.map(\.columns.lowerBound) == starts)
    #expect(windows.allSatisfy { $0.rows == 0..<64 })
    #expect(windows.last?.columns.upperBound == width)
  }
}
