/// The linear multistep method: a polynomial through the last directions, integrated over the step.
///
/// Source: https://github.com/crowsonkb/k-diffusion/blob/v0.1.1/k_diffusion/sampling.py
struct LMSSampler: ExplodingSampler {
  let table: StepTable
  private var directions: StepHistory

  /// Makes a sampler that looks at up to four directions.
  init(table: StepTable, order: Int) {
    self.table = table
    directions = StepHistory(limit: min(order, 4))
  }

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    let sigma = table.sigmas[step]
    let clean = try table.clean(latent, step, predict)
    directions.begin(step)
    directions.remember(combination((1 / sigma, latent), (-1 / sigma, clean)))
    let order = directions.values.count
    let terms = directions.values.enumerated().map { (weight($0, step, order: order), $1) }
    return combination([(1, latent)] + terms)
  }

  /// The integral of the polynomial that is 1 at one of the last levels and 0 at the others, of degree 3 at most.
  private func weight(_ index: Int, _ step: Int, order: Int) -> Double {
    let (start, end) = (table.sigmas[step], table.sigmas[step + 1])
    // Gauss and Legendre's two places are exact up to degree 3.
    let (middle, reach) = ((start + end) / 2, (end - start) / 2)
    let offset = reach / 3.0.squareRoot()
    return [middle - offset, middle + offset].map { place in
      (0..<order).filter { $0 != index }.reduce(reach) { product, other in
        let (own, level) = (table.sigmas[step - index], table.sigmas[step - other])
        return product * (place - level) / (own - level)
      }
    }.reduce(0, +)
  }
}
