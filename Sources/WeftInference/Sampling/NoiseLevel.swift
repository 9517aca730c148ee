#if canImport(Glibc)
  import Glibc
#endif

/// How much of a picture and how much noise a latent has.
struct NoiseLevel: Sendable, Hashable {
  /// The factor of the picture.
  let signal: Double
  /// The factor of the noise.
  let noise: Double

  /// A level of any size.
  init(signal: Double, noise: Double) { (self.signal, self.noise) = (signal, noise) }

  /// A level of variance 1 with so much of the signal's variance: `ᾱ`.
  init(signalVariance: Double) {
    self.init(signal: signalVariance.squareRoot(), noise: (1 - signalVariance).squareRoot())
  }

  /// The root of the variance.
  var size: Double { (signal * signal + noise * noise).squareRoot() }

  /// The noise for one of signal.
  var sigma: Double { noise / signal }

  /// The logarithm of the signal for one of noise, which solvers take for time: `λ`.
  var logSNR: Double { log(signal / noise) }
}

/// How large latents are on the way.
enum LatentFrame: Sendable {
  /// Always of variance 1, as diffusers' DDIM and DPM-Solver keep them.
  case preserving
  /// The picture's factor is 1 and the noise comes on top, as in k-diffusion and diffusers' Euler.
  case exploding

  /// The level with so much noise for one of signal.
  func level(sigma: Double) -> NoiseLevel {
    switch self {
    case .exploding: return NoiseLevel(signal: 1, noise: sigma)
    case .preserving:
      let signal = 1 / (sigma * sigma + 1).squareRoot()
      return NoiseLevel(signal: signal, noise: sigma * signal)
    }
  }
}
