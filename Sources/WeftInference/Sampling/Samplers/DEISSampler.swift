#if canImport(Glibc)
  import Glibc
#endif

/// DEIS: a polynomial in the logarithm of the noise through the last noises that were seen, integrated over the step.
///
/// Source: https://arxiv.org/abs/2204.13902 and
/// https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_deis_multistep.py
struct DEISSampler: TableSampler {
  let table: StepTable
  private let order: Int
  private let lastOrders: LastOrders
  private var noises: StepHistory

  /// Makes a sampler of order 1 to 3.
  init(table: StepTable, order: Int, lastOrders: LastOrders) {
    (self.table, self.order, self.lastOrders) = (table, order, lastOrders)
    noises = StepHistory(limit: order)
  }

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    let (level, next) = (table.level(step), table.level(step + 1))
    noises.begin(step)
    noises.remember(
      try table.denoiser.parts(latent, level, table.timesteps[step], predict).noise)
    let used = lastOrders.order(min(order, noises.values.count), step, of: stepCount)
    let weights = (0..<used).map { weight($0, step, order: used) }
    let terms = zip(weights, noises.values).map { (next.signal * $0, $1) }
    return combination([(next.signal / level.signal, latent)] + terms)
  }

  /// The integral over the step of the polynomial that is 1 at the logarithm of one level and 0 at the others.
  private func weight(_ index: Int, _ step: Int, order: Int) -> Double {
    let logarithms = (0..<order).map { log(table.sigmas[step - $0]) }
    let (own, others) = (
      logarithms[index], (0..<order).filter { $0 != index }.map { logarithms[$0] }
    )
    let scale = others.reduce(1) { $0 * (own - $1) }
    return
      (antiderivative(table.sigmas[step + 1], others)
      - antiderivative(table.sigmas[step], others)) / scale
  }

  /// The integral of the product of `log t - log r` over up to two levels `r`, from 0 to a level.
  private func antiderivative(_ sigma: Double, _ roots: [Double]) -> Double {
    guard sigma > 0 else { return 0 }
    let t = log(sigma)
    switch roots.count {
    case 0: return sigma
    case 1: return sigma * (t - 1 - roots[0])
    default:
      let (sum, product) = (roots[0] + roots[1], roots[0] * roots[1])
      return sigma * (t * t - 2 * t + 2 - sum * (t - 1) + product)
    }
  }
}
