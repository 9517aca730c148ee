/// Heun's method: the mean of the directions at both ends of a step.
///
/// Source: https://arxiv.org/abs/2206.00364, algorithm 1
struct HeunSampler: ExplodingSampler {
  let table: StepTable
  let churn: Churn
  let noiseScale: Double

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    let (x, sigma) = churn.raised(
      latent, table.sigmas[step], of: stepCount, noise, scale: noiseScale)
    let next = table.sigmas[step + 1]
    let clean = try clean(x, step, at: sigma, predict)
    let end = moved(x, clean, sigma, next)
    guard next > 0, step + 1 < stepCount else { return end }
    let endClean = try table.clean(end, step + 1, predict)
    let (half, endHalf) = ((next - sigma) / (2 * sigma), (next - sigma) / (2 * next))
    return combination((1 + half, x), (-half, clean), (endHalf, end), (-endHalf, endClean))
  }
}
