#if canImport(Glibc)
  import Glibc
#endif

/// DPM-Solver++ for stochastic equations: fresh noise half way, and again at the end.
///
/// Source: https://github.com/crowsonkb/k-diffusion/blob/v0.1.1/k_diffusion/sampling.py
struct DPMSDESampler: ExplodingSampler {
  let table: StepTable
  let eta: Double
  let freshNoise: FreshNoise

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    let clean = try table.clean(latent, step, predict)
    guard table.sigmas[step + 1] > 0 else { return clean }
    let (start, middle, end) = places(step)
    let halfway = advanced(latent, clean, start, middle, noise)
    let middleClean = try table.clean(halfway, sigma: middle, predict)
    return advanced(latent, middleClean, start, end, noise)
  }

  /// Where a step begins, its middle and its end, through the logarithms of float32 by which a Brownian path is asked.
  private func places(_ step: Int) -> (Double, Double, Double) {
    let (start, end) = (-log(Float(table.sigmas[step])), -log(Float(table.sigmas[step + 1])))
    let middle = start + (end - start) * 0.5
    return (Double(exp(-start)), Double(exp(-middle)), Double(exp(-end)))
  }

  private func advanced(
    _ latent: [Float], _ clean: [Float], _ sigma: Double, _ next: Double, _ noise: any StepNoise
  ) -> [Float] {
    let parts = Ancestral(from: sigma, to: next, eta: eta)
    let fresh =
      freshNoise.isBrownian ? noise.between(sigma, next, within: table.range) : noise.next()
    let x = moved(latent, clean, sigma, parts.down)
    return combination((1, x), (parts.up * freshNoise.scale, fresh))
  }
}
