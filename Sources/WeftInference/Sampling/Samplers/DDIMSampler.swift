/// DDIM: the clean latent with the noise that was seen in it, less of it, and some of it fresh.
///
/// Source: https://arxiv.org/abs/2010.02502, equation 12
struct DDIMSampler: TimestepSampler {
  let table: TimestepTable
  /// How much of the noise is fresh, 0 for none and 1 for as much as DDPM.
  let eta: Double
  let noiseScale: Double

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    let (level, next) = (table.start(step), table.end(step))
    let parts = try table.parts(latent, step, predict)
    let ratio = level.signal / next.signal
    let fresh = eta * next.noise / level.noise * max(0, 1 - ratio * ratio).squareRoot()
    let kept = max(0, next.noise * next.noise - fresh * fresh).squareRoot()
    let x = combination((next.signal, parts.clean), (kept, parts.noise))
    return eta > 0 ? combination((1, x), (fresh * noiseScale, noise.next())) : x
  }
}
