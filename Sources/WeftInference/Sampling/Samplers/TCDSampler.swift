#if canImport(Glibc)
  import Glibc
#endif

/// Trajectory consistency: past the next step along the noise that was seen, and back by fresh noise.
///
/// Source: https://arxiv.org/abs/2402.19159 and
/// https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_tcd.py
struct TCDSampler: TimestepSampler {
  let table: TimestepTable
  /// How far past the next step, from 0 for not at all to 1 for all the way.
  let eta: Double
  let noiseScale: Double

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    let isLast = step + 1 == stepCount
    let nextTimestep = isLast ? 0 : table.timesteps[step + 1]
    let beyond = table.level(Int(floor((1 - eta) * Double(nextTimestep))))
    let parts = try table.parts(latent, step, predict)
    let x = combination((beyond.signal, parts.clean), (beyond.noise, parts.noise))
    guard eta > 0, !isLast else { return x }
    let ratio = table.level(nextTimestep).signal / beyond.signal
    let fresh = max(0, 1 - ratio * ratio).squareRoot() * noiseScale
    return combination((ratio, x), (fresh, noise.next()))
  }
}
