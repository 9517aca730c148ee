import Testing
import WeftFiles
import WeftInference
import WeftKernels
import WeftTensors
import WeftTestSupport
import WeftTransform

/// What runs have to do with one another, whatever the weights are.
@Suite struct WorkflowTests {
  private let models: PictureModels

  init() throws { models = PictureModels(AdaptedModel(try TinyModels.open(.sd15))) }

  private func settings(steps: Int = 4) -> PictureSettings {
    var settings = PictureSettings()
    (settings.prompt, settings.steps, settings.sampler) = ("a cat", steps, "euler")
    (settings.width, settings.height) = (96, 64)
    return settings
  }

  @Test func `a model that takes over from itself changes nothing`() throws {
    let whole = try PictureRun(settings(), models)
    let parted = try PictureRun(settings(), models) {
      $0.refiner = Refinement(models, start: 0.5)
    }
    #expect(parted.steps.map(\.floats) == whole.steps.map(\.floats))
    #expect(parted.images.map(\.floats) == whole.images.map(\.floats))
  }

  @Test(arguments: [0.01, 0.999])
  func `a refiner that would take no step or all of them is refused`(_ start: Double) throws {
    let error = try #require(throws: InferenceError.self) {
      try PictureRun(settings(), models) { $0.refiner = Refinement(models, start: start) }
    }
    #expect(error.status == .usage)
  }

  @Test(arguments: EnlargementName.allCases)
  func `a picture becomes larger and is run over again`(_ name: EnlargementName) throws {
    var enlarged = settings()
    (enlarged.enlargement, enlarged.enlargementMethod) = (1.5, name.rawValue)
    enlarged.enlargementStrength = 0.5
    let run = try PictureRun(enlarged, models)
    #expect(run.images[0].shape == [1, 3, 96, 144])
    #expect(run.steps.count == 4 + 2)
    #expect(run.steps[3].floats == (try PictureRun(settings(), models).steps[3].floats))
  }

  @Test func `pictures of a batch are those of their seeds`() throws {
    let batch = try PictureRun(settings(), models, pictureCount: 2)
    var second = settings()
    second.seed = 43
    #expect(batch.images[0].floats == (try PictureRun(settings(), models).images[0].floats))
    #expect(batch.images[1].floats == (try PictureRun(second, models).images[0].floats))
  }

  @Test func `a T2I-Adapter guides as strongly as it is told to`() throws {
    let pixels = Tensor([1, 3, 64, 96], (0..<3 * 64 * 96).map { Float($0 % 17) / 17 })
    func run(_ scale: Double?) throws -> [Float] {
      try PictureRun(settings(), models) { request in
        guard let scale else { return }
        var features = FeatureRequest(
          AdaptedModel(try TinyModels.open(.t2iAdapter)), picture: .pixels(pixels))
        features.scale = scale
        request.features = [features]
      }.images[0].floats
    }
    let without = try run(nil)
    #expect(try run(0) == without)
    #expect(relativeL2(try run(1), without) > 0)
  }

  @Test func `two halves of a prompt weigh as much as the whole`() throws {
    var parted = settings()
    parted.prompt = "a cat :0.5 AND a cat :0.5"
    let (one, two) = (try PictureRun(settings(), models), try PictureRun(parted, models))
    // Sums of two halves round once more.
    #expect(relativeL2(two.images[0].floats, one.images[0].floats) < 1e-6)
  }

  @Test func `a prompt that changes on the way changes the steps from there on`() throws {
    var changing = settings()
    changing.prompt = "a [cat:dog:2]"
    let (one, two) = (try PictureRun(settings(), models), try PictureRun(changing, models))
    let areEqual = zip(one.steps, two.steps).map { $0.floats == $1.floats }
    #expect(areEqual.first == true && areEqual.last == false)
  }

  @Test(arguments: [(0.25, 1), (0.5, 2), (1.0, 4)])
  func `so much of the steps is taken of a picture`(_ strength: Double, _ count: Int) throws {
    let pixels = Tensor([1, 3, 64, 96], [Float](repeating: 0.25, count: 3 * 64 * 96))
    let run = try PictureRun(settings(), models, start: .picture(pixels, strength: strength))
    #expect(run.steps.count == count)
  }

  @Test func `a mask goes with one run alone`() throws {
    let pixels = Tensor([1, 3, 64, 96], [Float](repeating: 0, count: 3 * 64 * 96))
    let mask = Mask(
      Picture(width: 96, height: 64, channelCount: 1, values: [UInt8](repeating: 255, count: 6144)))
    let error = try #require(throws: InferenceError.self) {
      try PictureRun(
        settings(), models, start: .masked(pixels, mask: mask, strength: 0.5)
      ) { $0.refiner = Refinement(models, start: 0.5) }
    }
    #expect(error.status == .usage)
  }

  @Test func `a strength of no step is refused`() throws {
    let pixels = Tensor([1, 3, 64, 96], [Float](repeating: 0, count: 3 * 64 * 96))
    let error = try #require(throws: InferenceError.self) {
      try PictureRun(settings(), models, start: .picture(pixels, strength: 0.1))
    }
    #expect(error.status == .usage && error.advice.contains("--steps"))
  }

  @Test func `an inpainting model without a mask is refused`() throws {
    let inpainting = PictureModels(AdaptedModel(try TinyModels.open(.sd15Inpaint)))
    let error = try #require(throws: InferenceError.self) {
      try PictureRun(settings(), inpainting)
    }
    #expect(error.status == .refused && error.advice.contains("weft inpaint"))
  }

  @Test func `a tiny autoencoder decodes in the place of the model's own`() throws {
    var quick = models
    quick.tinyAutoencoder = AdaptedModel(try TinyModels.open(.taesd))
    let own = try PictureRun(settings(), quick).images[0].floats
    quick.decodesQuickly = true
    let tiny = try PictureRun(settings(), quick).images[0]
    #expect(tiny.shape == [1, 3, 64, 96])
    #expect(tiny.floats != own)
  }
}
