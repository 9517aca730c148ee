import WeftFiles
import WeftKernels
import WeftNetworks
import WeftTensors

extension PictureMaker {
  /// Takes all steps of a request: the latents of its pictures.
  package func denoise(_ prepared: PreparedRequest) throws -> Latents {
    var latents = prepared.start.latents
    for (index, stage) in prepared.stages.enumerated() {
      if case .enlarged(let enlargement) = stage.entrance {
        latents = try enlarged(latents, enlargement, stage)
      }
      // One UNet at a time is in memory.
      if index > 0, stage.models.path != prepared.stages[index - 1].models.path {
        shelf.putAway([.unet])
      }
      var unet = try guidedUNet(
        prepared.request, stage, latents, extra: index == 0 ? prepared.start.extra : nil)
      let run = DenoisingRun(
        steps: stage.steps, run: stage.run, noise: stage.noise,
        window: prepared.request.window, kept: index == 0 ? prepared.start.kept : nil,
        events: events)
      latents = try run(latents, stage.sampler, &unet)
    }
    return latents
  }

  /// Latents of a larger size with noise as the next run begins with.
  private func enlarged(
    _ latents: Latents, _ enlargement: Enlargement, _ stage: PreparedStage
  ) throws -> Latents {
    let clean: Latents
    switch enlargement.method {
    case .latents(let filter):
      clean = try LatentResizing.resized(latents, to: enlargement.size, filter)
    case .pixels(let filter):
      let size = enlargement.size
      let pictures = try coder.decode(latents).flatMap { Picture.pictures($0, .signed) }.map {
        $0.resized(width: size.width, height: size.height, filter).tensor(.signed)
      }
      clean = try coder.encode(pictures, stage.noise)
    }
    return clean.with(
      stage.sampler.noised(
        clean.values, stage.noise.initial(), before: stage.steps.lowerBound))
  }

  /// The UNet of a stage with what guides it, for latents of these sizes.
  func guidedUNet(
    _ request: PictureRequest, _ stage: PreparedStage, _ latents: Latents, extra: Tensor?
  ) throws -> GuidedUNet {
    // ControlNets and adapters are made for the model, not for its refiner.
    let isModel = stage.models.path == models.path
    let guided = request.guidance.asksWithoutPrompt
    let unet = try unet(stage, latents, extra: extra, inputCount: guided ? 2 : 1)
    let prompts = try (isModel ? request.imagePrompts : []).map { try imagePrompt($0, unet) }
    let book = ConditionBook(
      stage.prompts, isGuided: guided,
      sizes: try SizeConditions(
        unet.component, pooledWidth: stage.prompts.positives(at: 0).first?.conditioning.pooled?[1]),
      size: (stage.size.height, stage.size.width),
      images: { areWanted in try prompts.map { try $0(areWanted) } })
    return GuidedUNet(
      unet, book, guidance: request.guidance,
      controls: try (isModel ? request.controls : []).map { try control($0, stage.size) },
      features: try (isModel ? request.features : []).map { try features($0, stage.size) },
      extra: extra)
  }

  private func unet(
    _ stage: PreparedStage, _ latents: Latents, extra: Tensor?, inputCount: Int
  ) throws -> ReadyNetwork<UNet> {
    let channels = latents.channelCount + (extra?[1] ?? 0)
    let sample = Tensor(
      [inputCount, channels, latents.height, latents.width],
      [Float](repeating: 0, count: inputCount * channels * latents.height * latents.width))
    return try shelf.network(
      .unet, of: stage.models.model, for: NetworkInputs(["sample": InputTensor(sample)])
    ) { try UNet($0, $1, $2) }
  }
}
