/// The steps of a sampler that knows nothing but whole timesteps.
struct TimestepTable: Sendable {
  /// Where each step begins.
  let timesteps: [Int]
  /// How far a step goes down, whatever the next one's timestep is.
  let distance: Int
  /// The share of the signal's variance by timestep: `ᾱ`.
  let signal: [Double]
  /// That below timestep 0.
  let lastSignal: Double
  let denoiser: Denoiser
  /// How large values of the clean latent can be, or nil.
  let limit: Double?

  /// The level at a timestep, or below 0.
  func level(_ timestep: Int) -> NoiseLevel {
    NoiseLevel(
      signalVariance: timestep < 0 ? lastSignal : signal[min(timestep, signal.count - 1)])
  }

  /// Where a step begins.
  func start(_ step: Int) -> NoiseLevel { level(timesteps[step]) }

  /// Where a step ends, by its own length.
  func end(_ step: Int) -> NoiseLevel { level(timesteps[step] - distance) }

  /// The clean latent and the noise that the network sees at the beginning of a step.
  func parts(
    _ latent: [Float], _ step: Int, _ predict: Sampler.Predict
  ) throws -> (clean: [Float], noise: [Float]) {
    var parts = try denoiser.parts(latent, start(step), Double(timesteps[step]), predict)
    if let limit = limit.map({ Float($0) }) {
      parts.clean = parts.clean.map { min(limit, max(-limit, $0)) }
    }
    return parts
  }
}

/// A sampler that knows nothing but whole timesteps, and keeps latents at variance 1.
protocol TimestepSampler: Sampler {
  /// Its steps.
  var table: TimestepTable { get }
}

extension TimestepSampler {
  package var stepCount: Int { table.timesteps.count }
  package var initialScale: Double { 1 }
  package func timestep(_ step: Int) -> Double { Double(table.timesteps[step]) }

  package func noised(_ latent: [Float], _ noise: [Float], before step: Int) -> [Float] {
    guard step < stepCount else { return latent }
    let level = table.start(step)
    return combination((level.signal, latent), (level.noise, noise))
  }
}
