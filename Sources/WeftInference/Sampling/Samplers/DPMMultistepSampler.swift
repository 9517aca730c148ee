#if canImport(Glibc)
  import Glibc
#endif

/// How a solver takes its second order.
package enum SolverForm: String, Sendable {
  /// By the direction in the middle of the step.
  case midpoint
  /// By the directions at both ends.
  case heun
}

/// DPM-Solver++ with one prediction a step: 2M, 3M, and with fresh noise 2M SDE and 3M SDE.
///
/// A step goes by `h` in `λ`, the logarithm of signal over noise; with `k = h (1 + eta)`,
/// `x' = (s'/s) e^(-eta h) x + α' (1 - e^-k) D0 + φ2 D1 - φ3 D2 + s' √(1 - e^(-2 eta h)) z`.
/// Source: https://arxiv.org/abs/2211.01095, https://github.com/crowsonkb/k-diffusion/blob/v0.1.1/k_diffusion/sampling.py
/// and https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_dpmsolver_multistep.py
struct DPMMultistepSampler: TableSampler {
  let table: StepTable
  let order: Int
  let form: SolverForm
  /// How much of the noise is fresh: 0 for none, 1 for all.
  let eta: Double
  let freshNoise: FreshNoise
  let lastOrders: LastOrders
  private var pictures: StepHistory

  /// Makes a sampler of order 1 to 3.
  init(
    table: StepTable, order: Int, form: SolverForm, eta: Double, freshNoise: FreshNoise,
    lastOrders: LastOrders
  ) {
    (self.table, self.order, self.form, self.eta) = (table, order, form, eta)
    (self.freshNoise, self.lastOrders) = (freshNoise, lastOrders)
    pictures = StepHistory(limit: order)
  }

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    pictures.begin(step)
    pictures.remember(try table.clean(latent, step, predict))
    let (level, next) = (table.level(step), table.level(step + 1))
    let fresh = eta > 0 ? freshNoise.values(noise, table, step) : nil
    guard next.noise > 0 else { return combination((next.signal, pictures.values[0])) }
    let h = next.logSNR - level.logSNR
    guard h != 0 else { return latent }
    let used = lastOrders.order(min(order, pictures.values.count), step, of: stepCount)
    var terms = [(next.noise / level.noise * exp(-eta * h), latent)]
    terms += weights(step, h, used).enumerated().map { (next.signal * $1, pictures.values[$0]) }
    if let fresh {
      terms.append((next.noise * (-expm1(-2 * eta * h)).squareRoot() * freshNoise.scale, fresh))
    }
    return combination(terms)
  }

  /// The weights of the last pictures, the newest first.
  private func weights(_ step: Int, _ h: Double, _ order: Int) -> [Double] {
    let k = h * (1 + eta)
    let first = -expm1(-k)
    let second = expm1(-k) / k + 1
    func ratio(_ back: Int) -> Double {
      (table.level(step - back).logSNR - table.level(step - back - 1).logSNR) / h
    }
    switch order {
    case 1: return [first]
    case 2:
      let slope = (form == .midpoint ? first / 2 : second) / ratio(0)
      return [first + slope, -slope]
    default:
      let (r0, r1) = (ratio(0), ratio(1))
      let third = second / k - 0.5
      // D1 and D2 as sums of the two differences of pictures.
      let newer = (second * (1 + r0 / (r0 + r1)) - third / (r0 + r1)) / r0
      let older = (third / (r0 + r1) - second * r0 / (r0 + r1)) / r1
      return [first + newer, older - newer, -older]
    }
  }
}
