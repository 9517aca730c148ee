/// A step down that goes too far and comes back by fresh noise.
///
/// Source: https://github.com/crowsonkb/k-diffusion/blob/v0.1.1/k_diffusion/sampling.py
struct Ancestral {
  /// The noise level to which the step goes.
  let down: Double
  /// How much fresh noise brings it back.
  let up: Double

  /// Takes a step apart, of whose noise so much is fresh, from 0 to 1.
  init(from sigma: Double, to next: Double, eta: Double) {
    let whole = (next * next * max(0, sigma * sigma - next * next) / (sigma * sigma)).squareRoot()
    up = min(next, eta * whole)
    down = max(0, next * next - up * up).squareRoot()
  }
}

/// Noise that is added before a step, so that it starts a little higher.
///
/// Source: https://arxiv.org/abs/2206.00364, algorithm 2
package struct Churn: Sendable {
  /// How much, over all steps.
  package let amount: Double
  /// The noise levels at which some is added.
  package let range: ClosedRange<Double>

  /// Makes a churn.
  package init(_ amount: Double, within range: ClosedRange<Double> = 0...Double.infinity) {
    (self.amount, self.range) = (amount, range)
  }

  /// Raises a latent before one of so many steps; none of it where nothing is added.
  func raised(
    _ latent: [Float], _ sigma: Double, of count: Int, _ noise: any StepNoise, scale: Double
  ) -> (latent: [Float], sigma: Double) {
    let gamma = range.contains(sigma) ? min(amount / Double(count), 2.0.squareRoot() - 1) : 0
    guard gamma > 0 else { return (latent, sigma) }
    let raised = sigma * (1 + gamma)
    let added = (raised * raised - sigma * sigma).squareRoot() * scale
    return (combination((1, latent), (added, noise.next())), raised)
  }
}

/// A sampler that keeps the picture's factor at 1, as k-diffusion does.
protocol ExplodingSampler: TableSampler {}

extension ExplodingSampler {
  /// A latent on the straight line to the clean one, at another noise level.
  func moved(_ latent: [Float], _ clean: [Float], _ sigma: Double, _ next: Double) -> [Float] {
    combination((next / sigma, latent), (1 - next / sigma, clean))
  }

  /// The clean latent at the beginning of a step that was perhaps raised.
  func clean(_ latent: [Float], _ step: Int, at sigma: Double, _ predict: Sampler.Predict) throws
    -> [Float]
  {
    sigma == table.sigmas[step]
      ? try table.clean(latent, step, predict) : try table.clean(latent, sigma: sigma, predict)
  }
}
