import WeftTensors

/// A part of the way from noise to latents: some steps of a sampler.
struct DenoisingRun {
  /// The steps that are taken, of all that the sampler has.
  let steps: Range<Int>
  /// The steps of the whole run, by which prompts and ControlNets change.
  let run: Range<Int>
  /// Fresh noise for samplers that add some.
  let noise: any StepNoise
  /// The windows that the network looks at by turns; nil where it sees everything at once.
  let window: ViewWindow?
  /// What stays as it is; nil where everything is painted.
  let kept: KeptPart?
  /// Hears of every step.
  let events: (PictureEvent) throws -> Void

  /// Takes the steps.
  ///
  /// - Parameters:
  ///   - latents: those where the first step begins.
  ///   - sampler: says how to go on; it is used up.
  ///   - unet: says what is noise.
  /// - Returns: the latents after the last step.
  /// - Throws: what the network throws, and values that became NaN or infinite.
  func callAsFunction(
    _ latents: Latents, _ sampler: any Sampler, _ unet: inout GuidedUNet
  ) throws -> Latents {
    var latents = latents
    var samplers = ViewedSampler(
      sampler,
      views: window.map { LatentView.windows(of: latents, side: $0.side, stride: $0.stride) }
        ?? [LatentView(all: latents)])
    try events(.denoising(stepCount: steps.count))
    for step in steps {
      latents = try samplers.step(step, latents, noise) { input, timestep in
        let place = step - steps.lowerBound
        let output = try unet.predict(
          input, timestep: timestep, step: step - run.lowerBound, of: run.count)
        try events(
          .predicted(
            StepPrediction(step: place, timestep: timestep, input: input, output: output)))
        return output
      }
      if let kept { latents = kept.restored(latents, after: step, of: steps, sampler) }
      try requireFinite(latents, step)
      try events(
        .stepped(
          step: step - steps.lowerBound, timestep: sampler.timestep(step), latents: latents))
    }
    return latents
  }

  private func requireFinite(_ latents: Latents, _ step: Int) throws {
    guard !latents.values.allSatisfy(\.isFinite) else { return }
    throw InferenceError(
      status: .badData,
      what:
        "latents became NaN or infinite in step \(step - steps.lowerBound + 1) of \(steps.count)",
      advice: "check the model with weft inspect and weft verify, or try --precision f32")
  }
}
