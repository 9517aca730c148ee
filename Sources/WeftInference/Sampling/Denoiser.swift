import WeftFormats

/// Reads the picture and the noise out of what a network predicts.
///
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_ddim.py and
/// https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_euler_discrete.py
struct Denoiser: Sendable {
  let target: Prediction.Target

  /// The clean latent that the network sees in one.
  func clean(
    _ latent: [Float], _ level: NoiseLevel, _ timestep: Double,
    _ predict: (_ input: [Float], _ timestep: Double) throws -> [Float]
  ) throws -> [Float] {
    let size = level.size
    let output = try predict(combination((1 / size, latent)), timestep)
    return clean(latent, level, output: output)
  }

  /// The clean latent and the noise that the network sees in one.
  func parts(
    _ latent: [Float], _ level: NoiseLevel, _ timestep: Double,
    _ predict: (_ input: [Float], _ timestep: Double) throws -> [Float]
  ) throws -> (clean: [Float], noise: [Float]) {
    let size = level.size
    let output = try predict(combination((1 / size, latent)), timestep)
    return (clean(latent, level, output: output), noise(latent, level, output: output))
  }

  /// The noise that the network says is in a latent.
  func noise(_ latent: [Float], _ level: NoiseLevel, output: [Float]) -> [Float] {
    guard target == .velocity else { return output }
    let size = level.size
    return combination((level.signal / size, output), (level.noise / (size * size), latent))
  }

  private func clean(_ latent: [Float], _ level: NoiseLevel, output: [Float]) -> [Float] {
    switch target {
    case .epsilon:
      return combination((1 / level.signal, latent), (-level.noise / level.signal, output))
    case .velocity:
      let size = level.size
      return combination((level.signal / (size * size), latent), (-level.noise / size, output))
    }
  }
}

/// A weighted sum of latents, each value rounded once; what has the weight 0 does not count, infinite or not.
func combination(_ terms: (weight: Double, values: [Float])...) -> [Float] { combination(terms) }

/// A weighted sum of latents, each value rounded once; what has the weight 0 does not count, infinite or not.
func combination(_ terms: [(weight: Double, values: [Float])]) -> [Float] {
  guard let count = terms.first?.values.count else { return [] }
  var sums = [Double](repeating: 0, count: count)
  for (weight, values) in terms where weight != 0 {
    for index in 0..<min(count, values.count) { sums[index] += weight * Double(values[index]) }
  }
  return sums.map { Float($0) }
}
