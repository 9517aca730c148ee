/// Euler's method: straight to where the network sees the clean latent.
///
/// Source: https://arxiv.org/abs/2206.00364, algorithm 2
struct EulerSampler: ExplodingSampler {
  let table: StepTable
  let churn: Churn
  let noiseScale: Double

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    let (x, sigma) = churn.raised(
      latent, table.sigmas[step], of: stepCount, noise, scale: noiseScale)
    let clean = try clean(x, step, at: sigma, predict)
    return moved(x, clean, sigma, table.sigmas[step + 1])
  }
}
