#if canImport(Glibc)
  import Glibc
#endif

/// DPM-Solver++ 2S: every second step goes over two levels at once, from where the one before began.
///
/// Source: https://arxiv.org/abs/2211.01095 and
/// https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_dpmsolver_singlestep.py
struct DPMSinglestepSampler: TableSampler {
  let table: StepTable
  private let form: SolverForm
  /// The latent where the step before began, and the picture that was seen there.
  private var begun = StepHistory(limit: 2)

  /// Makes a sampler of order 2.
  init(table: StepTable, form: SolverForm) { (self.table, self.form) = (table, form) }

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    begun.begin(step)
    let picture = try table.clean(latent, step, predict)
    if isSecond(step), begun.values.count == 2 {
      return second(step, begun.values[1], begun.values[0], picture)
    }
    begun.remember(latent)
    begun.remember(picture)
    let (level, next) = (table.level(step), table.level(step + 1))
    let h = next.logSNR - level.logSNR
    return combination((next.noise / level.noise, latent), (-next.signal * expm1(-h), picture))
  }

  /// Odd steps end a pair; the last step of an even number stands alone.
  private func isSecond(_ step: Int) -> Bool { step % 2 == 1 && step + 1 < stepCount }

  private func second(
    _ step: Int, _ latent: [Float], _ older: [Float], _ newer: [Float]
  ) -> [Float] {
    let (start, level, end) = (table.level(step - 1), table.level(step), table.level(step + 1))
    let h = end.logSNR - start.logSNR
    let ratio = (level.logSNR - start.logSNR) / h
    let first = -expm1(-h)
    let slope = (form == .midpoint ? first / 2 : expm1(-h) / h + 1) / ratio
    return combination(
      (end.noise / start.noise, latent), (end.signal * (first - slope), older),
      (end.signal * slope, newer))
  }
}
