/// Euler's method with fresh noise in each step.
///
/// Source: https://github.com/crowsonkb/k-diffusion/blob/v0.1.1/k_diffusion/sampling.py
struct EulerAncestralSampler: ExplodingSampler {
  let table: StepTable
  let eta: Double
  let noiseScale: Double
  /// Whether noise is drawn where none is needed, as diffusers does in the last step.
  let drawsAlways: Bool

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    let (sigma, next) = (table.sigmas[step], table.sigmas[step + 1])
    let clean = try table.clean(latent, step, predict)
    let parts = Ancestral(from: sigma, to: next, eta: eta)
    let x = moved(latent, clean, sigma, parts.down)
    guard next > 0 || drawsAlways else { return x }
    return combination((1, x), (parts.up * noiseScale, noise.next()))
  }
}
