/// DDPM: the mean of what the latent can have been before, with fresh noise.
///
/// Source: https://arxiv.org/abs/2006.11239, equation 7
struct DDPMSampler: TimestepSampler {
  let table: TimestepTable
  let noiseScale: Double

  /// The least variance of fresh noise.
  /// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_ddpm.py
  private static let leastVariance = 1e-20

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    let level = table.start(step)
    let next = step + 1 < stepCount ? table.start(step + 1) : table.level(-1)
    let clean = try table.parts(latent, step, predict).clean
    let ratio = level.signal / next.signal
    let beta = 1 - ratio * ratio
    let (variance, nextVariance) = (level.noise * level.noise, next.noise * next.noise)
    let mean = combination(
      (next.signal * beta / variance, clean), (ratio * nextVariance / variance, latent))
    guard table.timesteps[step] > 0 else { return mean }
    let fresh = max(nextVariance / variance * beta, Self.leastVariance).squareRoot()
    return combination((1, mean), (fresh * noiseScale, noise.next()))
  }
}
