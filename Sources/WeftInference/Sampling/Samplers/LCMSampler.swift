/// Latent consistency: the clean latent at once, with fresh noise for the next step.
///
/// Source: https://arxiv.org/abs/2310.04378 and
/// https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_lcm.py
struct LCMSampler: TimestepSampler {
  let table: TimestepTable
  /// By what timesteps are multiplied to tell how much of the latent stays.
  let timestepScale: Double
  let noiseScale: Double

  /// The standard deviation of clean latents that the model was distilled with.
  private static let deviation = 0.5

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    let clean = try table.parts(latent, step, predict).clean
    let scaled = Double(table.timesteps[step]) * timestepScale
    let size = (scaled * scaled + Self.deviation * Self.deviation).squareRoot()
    let kept = Self.deviation * Self.deviation / (size * size)
    let mixed = combination((scaled / size, clean), (kept, latent))
    guard step + 1 < stepCount else { return mixed }
    let next = table.start(step + 1)
    return combination((next.signal, mixed), (next.noise * noiseScale, noise.next()))
  }
}
