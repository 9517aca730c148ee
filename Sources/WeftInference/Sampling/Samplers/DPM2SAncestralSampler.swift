#if canImport(Glibc)
  import Glibc
#endif

/// DPM-Solver++ 2S with fresh noise: a look at the middle of the step, by the logarithm of the noise.
///
/// Source: https://github.com/crowsonkb/k-diffusion/blob/v0.1.1/k_diffusion/sampling.py
struct DPM2SAncestralSampler: ExplodingSampler {
  let table: StepTable
  let eta: Double
  let noiseScale: Double

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    let (sigma, next) = (table.sigmas[step], table.sigmas[step + 1])
    let clean = try table.clean(latent, step, predict)
    let parts = Ancestral(from: sigma, to: next, eta: eta)
    guard parts.down > 0 else { return moved(latent, clean, sigma, 0) }
    let middle = (sigma * parts.down).squareRoot()
    let halfway = moved(latent, clean, sigma, middle)
    let middleClean = try table.clean(halfway, sigma: middle, predict)
    let end = moved(latent, middleClean, sigma, parts.down)
    guard next > 0 else { return end }
    return combination((1, end), (parts.up * noiseScale, noise.next()))
  }
}
