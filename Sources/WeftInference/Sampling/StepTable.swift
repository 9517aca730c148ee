import WeftFormats

/// Where the steps of a sampler begin and end.
struct StepTable: Sendable {
  /// The noise for one of signal where each step begins, and after them where the last one ends.
  let sigmas: [Double]
  /// The timestep of each beginning.
  let timesteps: [Double]
  /// How large latents are on the way.
  let frame: LatentFrame
  /// By what unit noise is multiplied to begin.
  let initialScale: Double
  /// The timesteps of all noise levels, for steps that ask between the others.
  let levels: SigmaTable
  let denoiser: Denoiser

  /// The number of steps.
  var count: Int { timesteps.count }

  /// The level at a place of the table.
  func level(_ index: Int) -> NoiseLevel { frame.level(sigma: sigmas[index]) }

  /// The noise levels between which the steps go, but for the end without noise.
  var range: ClosedRange<Double> {
    let noisy = sigmas.filter { $0 > 0 }
    let least = noisy.min() ?? 0
    return least...max(least, noisy.max() ?? 0)
  }

  /// The clean latent that the network sees at the beginning of a step.
  func clean(_ latent: [Float], _ step: Int, _ predict: Sampler.Predict) throws -> [Float] {
    try denoiser.clean(latent, level(step), timesteps[step], predict)
  }

  /// The clean latent that the network sees at any noise level.
  func clean(_ latent: [Float], sigma: Double, _ predict: Sampler.Predict) throws -> [Float] {
    try denoiser.clean(latent, frame.level(sigma: sigma), levels.timestep(sigma: sigma), predict)
  }
}

/// A sampler whose steps begin and end at noise levels of a table.
protocol TableSampler: Sampler {
  /// Where its steps begin and end.
  var table: StepTable { get }
}

extension TableSampler {
  package var stepCount: Int { table.count }
  package var initialScale: Double { table.initialScale }
  package func timestep(_ step: Int) -> Double { table.timesteps[step] }

  package func noised(_ latent: [Float], _ noise: [Float], before step: Int) -> [Float] {
    guard step < stepCount else { return latent }
    let level = table.level(step)
    return combination((level.signal, latent), (level.noise, noise))
  }
}
