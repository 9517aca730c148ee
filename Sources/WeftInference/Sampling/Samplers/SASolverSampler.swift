#if canImport(Glibc)
  import Glibc
#endif

/// SA-Solver: a predictor and a corrector that both look at two pictures, with fresh noise in the middle of the way.
///
/// With the strength `τ` of the noise, `k = 1 + τ²` and `h` the step in `λ`,
/// `x' = e^(-τ² h) (s'/s) x + Σ c_i D_i + s' √(1 - e^(-2 τ² h)) z`, where `c_i` integrates a line through two pictures.
/// Source: https://arxiv.org/abs/2309.05019 and
/// https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_sasolver.py
struct SASolverSampler: TableSampler {
  let table: StepTable
  private let lowersLastOrders: Bool
  private var pictures = StepHistory(limit: 2)
  /// The latent from which the last step went, and its noise.
  private var last: (latent: [Float], noise: [Float])?

  /// Makes a sampler of order 2.
  init(table: StepTable, lowersLastOrders: Bool) {
    (self.table, self.lowersLastOrders) = (table, lowersLastOrders)
  }

  /// The timesteps at which noise is added, unless it is asked for otherwise.
  private static let noisy = 200.0...800.0

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    pictures.begin(step)
    let hasPredecessor = !pictures.values.isEmpty
    pictures.remember(try table.clean(latent, step, predict))
    var x = latent
    if let last, hasPredecessor {
      x = moved(last.latent, last.noise, from: step - 1, through: [step, step - 1])
    }
    let fresh = noise.next()
    last = (x, fresh)
    let isLast = lowersLastOrders && step + 1 == stepCount
    return moved(
      x, fresh, from: step, through: hasPredecessor && !isLast ? [step, step - 1] : [step])
  }

  /// Goes from one level to the next by the pictures that were seen at one or two steps, the newest first.
  private func moved(
    _ latent: [Float], _ noise: [Float], from step: Int, through nodes: [Int]
  ) -> [Float] {
    let (level, next) = (table.level(step), table.level(step + 1))
    guard next.noise > 0 else { return combination((next.signal, pictures.values[0])) }
    let strength: Double = Self.noisy.contains(table.timesteps[step]) ? 1 : 0
    let h = next.logSNR - level.logSNR
    let lambdas = nodes.map { table.level($0).logSNR }
    let weights = Self.weights(lambdas, from: level.logSNR, h, k: 1 + strength)
    var terms = [(exp(-strength * h) * next.noise / level.noise, latent)]
    terms += zip(weights, pictures.values).map { (next.signal * $0, $1) }
    terms.append((next.noise * (-expm1(-2 * strength * h)).squareRoot(), noise))
    return combination(terms)
  }

  /// The weights of pictures: `k ∫ e^(k (u - λ')) L_i(u) du` over the step, with the second order put right.
  ///
  /// The nodes are where the pictures were seen, in `λ`, the newest first.
  private static func weights(
    _ nodes: [Double], from start: Double, _ h: Double, k: Double
  ) -> [Double] {
    let whole = -expm1(-k * h)
    guard nodes.count == 2 else { return [whole] }
    let distance = nodes[0] - nodes[1]
    let slope = (k * (start + h) - 1 - (k * start - 1) * exp(-k * h)) / k
    let rest = (h * k - 1 + exp(-k * h)) / (k * k)
    // The corrector's newest picture is at the end of the step, the predictor's at its start.
    let mended = nodes[0] == start ? (h * h / 2 - rest) / distance : h / 2 - rest / h
    let first = (slope - nodes[1] * whole) / distance + k * mended
    return [first, whole - first]
  }
}
