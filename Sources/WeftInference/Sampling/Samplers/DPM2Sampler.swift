#if canImport(Glibc)
  import Glibc
#endif

/// DPM-Solver-2: the direction half way, by the logarithm of the noise, with fresh noise or without.
///
/// Source: https://arxiv.org/abs/2206.00927 and https://github.com/crowsonkb/k-diffusion/blob/v0.1.1/k_diffusion/sampling.py
struct DPM2Sampler: ExplodingSampler {
  let table: StepTable
  /// How much of the noise is fresh; 0 for the plain method.
  let eta: Double
  let churn: Churn
  let noiseScale: Double

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    let (x, sigma) = churn.raised(
      latent, table.sigmas[step], of: stepCount, noise, scale: noiseScale)
    let parts = Ancestral(from: sigma, to: table.sigmas[step + 1], eta: eta)
    let clean = try clean(x, step, at: sigma, predict)
    guard parts.down > 0 else { return moved(x, clean, sigma, 0) }
    let middle = exp((log(sigma) + log(parts.down)) / 2)
    let halfway = moved(x, clean, sigma, middle)
    let middleClean = try table.clean(halfway, sigma: middle, predict)
    let factor = (parts.down - sigma) / middle
    let end = combination((1, x), (factor, halfway), (-factor, middleClean))
    guard eta > 0 else { return end }
    return combination((1, end), (parts.up * noiseScale, noise.next()))
  }
}
