import WeftKernels
import WeftNetworks
import WeftTensors

extension PictureMaker {
  /// Encodes the prompts and what a request begins with.
  ///
  /// - Throws: when the model cannot do what is asked for, in the words of the command line.
  package func prepare(_ request: PictureRequest) throws -> PreparedRequest {
    try request.check()
    let canvas = try LatentCanvas(models, shelf, request)
    for control in request.controls { try requireFit(control) }
    let noise = BatchNoise(request.noise)
    let first = try sampler(of: request, strength: request.start.strength)
    var stages = try runs(request, first, noise)
    if let enlargement = request.enlargement {
      stages.append(try run(request, enlarging: enlargement))
    }
    let start = try startingPoint(request, canvas, noise, first)
    return PreparedRequest(request: request, stages: stages, start: start)
  }

  /// A sampler with the step where a run of the given strength begins.
  private func sampler(
    of request: PictureRequest, stepCount: Int? = nil, strength: Double
  ) throws -> (sampler: any Sampler, firstStep: Int) {
    let count = stepCount ?? request.sampling.stepCount
    let sampler = try request.sampling.sampler(stepCount: count)
    let taken = min(Int(Double(count) * strength), count)
    guard taken > 0 else {
      throw InferenceError(
        status: .usage, what: "\(count) steps at a strength of \(strength) are none",
        advice: "raise the strength or --steps")
    }
    return (sampler, count - taken)
  }

  /// The first run, in two parts where a refiner takes over.
  private func runs(
    _ request: PictureRequest, _ first: (sampler: any Sampler, firstStep: Int),
    _ noise: BatchNoise
  ) throws -> [PreparedStage] {
    let all = first.firstStep..<first.sampler.stepCount
    guard let refiner = request.refiner else {
      return [try stage(request, models, .none, first.sampler, all, request.size, noise)]
    }
    // The refiner takes what is left of the 1000 timesteps.
    let cutoff = (1000 * (1 - refiner.start)).rounded(.toNearestOrEven)
    let change = all.first { first.sampler.timestep($0) < cutoff } ?? all.upperBound
    guard change > all.lowerBound, change < all.upperBound else {
      throw InferenceError(
        status: .usage,
        what:
          "a refiner that takes over after \(refiner.start) of \(all.count) steps leaves none to one of the models",
        place: "--refiner-switch", advice: "choose a number further from 0 and 1, or more --steps")
    }
    return [
      try stage(
        request, models, .none, first.sampler, all.lowerBound..<change, request.size, noise,
        of: all),
      try stage(
        request, refiner.models, .none, first.sampler, change..<all.upperBound, request.size,
        noise, of: all),
    ]
  }

  private func run(
    _ request: PictureRequest, enlarging enlargement: Enlargement
  ) throws -> PreparedStage {
    let (sampler, firstStep) = try sampler(
      of: request, stepCount: enlargement.stepCount, strength: enlargement.strength)
    // Noise of the new size is drawn from the same seeds again.
    var noise = request.noise
    noise.shape = LatentShape(
      channels: noise.shape.channels, height: enlargement.size.height / LatentCoder.factor,
      width: enlargement.size.width / LatentCoder.factor)
    return try stage(
      request, models, .enlarged(enlargement), sampler, firstStep..<sampler.stepCount,
      enlargement.size, BatchNoise(noise))
  }

  private func stage(
    _ request: PictureRequest, _ models: PictureModels, _ entrance: PreparedStage.Entrance,
    _ sampler: any Sampler, _ steps: Range<Int>, _ size: PictureSize,
    _ noise: BatchNoise, of all: Range<Int>? = nil
  ) throws -> PreparedStage {
    let prompts = try encoded(request, models, stepCount: (all ?? steps).count)
    return PreparedStage(
      entrance: entrance, models: models, sampler: sampler, steps: steps, run: all ?? steps,
      prompts: prompts,
      size: size, noise: noise)
  }
}

// MARK: Guides

extension PictureMaker {
  /// The tensors whose shapes tell UNets of two architectures apart.
  private static let telling = [
    "conv_in.weight", "time_embedding.linear_1.weight",
    "mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight",
  ]

  /// Refuses a ControlNet of another architecture before anything is loaded.
  private func requireFit(_ control: ControlRequest) throws {
    let unet = try shelf.component(.unet, of: models.model).source
    let network = try shelf.component(.controlNet, of: control.model).source
    for name in Self.telling {
      // An inpainting model sees more than its ControlNet.
      let (own, other) = (unet.shape(name)?.dimensions, network.shape(name)?.dimensions)
      guard own?.first != other?.first || (name != Self.telling[0] && own != other) else {
        continue
      }
      throw InferenceError(
        status: .refused,
        what: "the ControlNet is of another architecture than the model: "
          + "'\(name)' is \(other.map { "\(Shape($0))" } ?? "missing"), and the model's "
          + "\(own.map { "\(Shape($0))" } ?? "missing")",
        place: network.path, advice: "use a ControlNet of the model's architecture")
    }
  }
}

// MARK: Where it begins

extension PictureMaker {
  private func startingPoint(
    _ request: PictureRequest, _ canvas: LatentCanvas, _ noise: BatchNoise,
    _ first: (sampler: any Sampler, firstStep: Int)
  ) throws -> StartingPoint {
    let (sampler, step) = first
    switch request.start {
    case .noise:
      return StartingPoint(canvas.scaled(noise.initial(), sampler))
    case .given(let unit):
      try canvas.requireFit(unit)
      return StartingPoint(canvas.scaled(unit.values, sampler))
    case .latents(let clean, _):
      try canvas.requireFit(clean)
      return StartingPoint(clean.with(sampler.noised(clean.values, noise.initial(), before: step)))
    case .picture(let picture, _):
      try canvas.requireFit(picture)
      let clean = try canvas.latents(of: picture, coder, noise)
      return StartingPoint(clean.with(sampler.noised(clean.values, noise.initial(), before: step)))
    case .masked(let picture, let mask, let strength):
      try canvas.requireFit(picture)
      let mask = try RepaintMask(mask, size: request.size)
      return canvas.takesMask
        ? try besideMask(picture, mask, canvas, noise, first, isWhole: strength == 1)
        : try insideMask(picture, mask, canvas, noise, first, isWhole: strength == 1)
    }
  }

  /// Painting by a model that knows no masks: what is kept is put back after every step.
  private func insideMask(
    _ pixels: Tensor, _ mask: RepaintMask, _ canvas: LatentCanvas, _ noise: BatchNoise,
    _ first: (sampler: any Sampler, firstStep: Int), isWhole: Bool
  ) throws -> StartingPoint {
    let clean = try canvas.latents(of: pixels, coder, noise)
    let unit = noise.initial()
    // diffusers draws a latent of the covered picture here, too, and does not use it.
    _ = noise.next()
    let latents =
      isWhole
      ? canvas.scaled(unit, first.sampler)
      : clean.with(first.sampler.noised(clean.values, unit, before: first.firstStep))
    return StartingPoint(
      latents, kept: KeptPart(latents: clean, noise: unit, mask: mask.latentValues))
  }

  /// Painting by a model that sees the mask and the covered picture beside its latents.
  private func besideMask(
    _ pixels: Tensor, _ mask: RepaintMask, _ canvas: LatentCanvas, _ noise: BatchNoise,
    _ first: (sampler: any Sampler, firstStep: Int), isWhole: Bool
  ) throws -> StartingPoint {
    let clean = isWhole ? nil : try canvas.latents(of: pixels, coder, noise)
    let unit = noise.initial()
    let covered = try canvas.latents(of: mask.covering(pixels), coder, noise)
    let latents =
      clean.map { $0.with(first.sampler.noised($0.values, unit, before: first.firstStep)) }
      ?? canvas.scaled(unit, first.sampler)
    return StartingPoint(latents, extra: mask.channels(beside: covered))
  }
}

extension PictureRequest {
  /// Refuses sizes and numbers that no model takes.
  fileprivate func check() throws {
    for size in [size] + (enlargement.map { [$0.size] } ?? []) {
      guard size.width % LatentCoder.factor == 0, size.height % LatentCoder.factor == 0,
        size.width > 0, size.height > 0
      else {
        throw InferenceError(
          status: .usage, what: "a picture of \(size.width) by \(size.height) pixels has no latent",
          place: "--width, --height", advice: "both must be multiples of \(LatentCoder.factor)")
      }
    }
    if case .masked = start, enlargement != nil || refiner != nil || window != nil {
      throw InferenceError(
        status: .usage, what: "a part of a picture is painted in one run that sees all of it",
        place: "--mask", advice: "leave --hires-scale, --refiner and --multidiffusion out")
    }
    guard start.strength > 0, start.strength <= 1 else {
      throw InferenceError(
        status: .usage, what: "a strength of \(start.strength) is not from above 0 to 1",
        place: "--strength", advice: "try 0.5 to 0.8")
    }
  }
}
