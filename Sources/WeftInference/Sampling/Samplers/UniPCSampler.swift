#if canImport(Glibc)
  import Glibc
#endif

/// UniPC: a predictor, and a corrector that mends the last step when the next prediction is there.
///
/// Source: https://arxiv.org/abs/2302.04867 and
/// https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_unipc_multistep.py
struct UniPCSampler: TableSampler {
  /// The function of the step's length that the method is free to choose.
  enum Form: String, Sendable {
    /// The length itself.
    case bh1
    /// `e^h - 1`.
    case bh2
  }

  let table: StepTable
  private let order: Int
  private let form: Form
  private let lowersLastOrders: Bool
  private var pictures: StepHistory
  /// The latent from which the last step went, and its order.
  private var last: (latent: [Float], order: Int)?

  /// Makes a sampler of order 1 to 3.
  init(table: StepTable, order: Int, form: Form, lowersLastOrders: Bool) {
    (self.table, self.order, self.form) = (table, order, form)
    self.lowersLastOrders = lowersLastOrders
    pictures = StepHistory(limit: order)
  }

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    pictures.begin(step)
    let picture = try table.clean(latent, step, predict)
    var x = latent
    if let last, !pictures.values.isEmpty {
      x = moved(last.latent, from: step - 1, order: last.order, corrected: picture)
    }
    pictures.remember(picture)
    let most = lowersLastOrders ? min(order, stepCount - step) : order
    let used = min(most, pictures.values.count)
    last = (x, used)
    return moved(x, from: step, order: used, corrected: nil)
  }

  /// Goes from one level to the next; with the picture that is seen there, so that it goes through that one, too.
  private func moved(
    _ latent: [Float], from step: Int, order: Int, corrected picture: [Float]?
  ) -> [Float] {
    let (level, next) = (table.level(step), table.level(step + 1))
    let newest = pictures.values[0]
    guard next.noise > 0 else { return combination((next.signal, newest)) }
    let h = next.logSNR - level.logSNR
    guard h != 0 else { return latent }
    let earlier = (1..<order).map { (table.level(step - $0).logSNR - level.logSNR) / h }
    let scale = form == .bh1 ? -h : expm1(-h)
    let weights = picture == nil ? predictor(earlier, h, scale) : corrector(earlier, h, scale)
    var terms = [
      (next.noise / level.noise, latent), (-next.signal * expm1(-h), newest),
    ]
    for (index, weight) in weights.enumerated() {
      let (ratio, other) =
        index < earlier.count ? (earlier[index], pictures.values[index + 1]) : (1, picture ?? [])
      let factor = next.signal * scale * weight / ratio
      terms += [(-factor, other), (factor, newest)]
    }
    return combination(terms)
  }

  private func predictor(_ earlier: [Double], _ h: Double, _ scale: Double) -> [Double] {
    earlier.count < 2 ? earlier.map { _ in 0.5 } : solved(earlier, h, scale)
  }

  private func corrector(_ earlier: [Double], _ h: Double, _ scale: Double) -> [Double] {
    earlier.isEmpty ? [0.5] : solved(earlier + [1], h, scale)
  }

  /// The weights by which differences at such places give the right integrals of powers.
  private func solved(_ places: [Double], _ h: Double, _ scale: Double) -> [Double] {
    var (integral, factorial) = (expm1(-h) / -h - 1, 1.0)
    var rows: [[Double]] = []
    for power in places.indices {
      rows.append(places.map { pow($0, Double(power)) } + [integral * factorial / scale])
      factorial *= Double(power + 2)
      integral = integral / -h - 1 / factorial
    }
    return LinearSystem.solution(rows)
  }
}
