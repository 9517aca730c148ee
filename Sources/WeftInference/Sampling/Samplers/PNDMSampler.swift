/// PNDM: the noise of the last four steps together, after a beginning by half steps or by steps of Runge and Kutta.
///
/// With half steps, as Stable Diffusion has it, this is also known as PLMS.
/// Source: https://arxiv.org/abs/2202.09778 and
/// https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_pndm.py
struct PNDMSampler: TimestepSampler {
  let table: TimestepTable
  /// Whether the first three steps are Runge and Kutta's, which ask four times each.
  let beginsWithRungeKutta: Bool
  private var outputs = StepHistory(limit: 4)

  /// Makes a sampler.
  init(table: TimestepTable, beginsWithRungeKutta: Bool) {
    (self.table, self.beginsWithRungeKutta) = (table, beginsWithRungeKutta)
  }

  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise, predict: Predict
  ) throws -> [Float] {
    outputs.begin(step)
    let start = table.timesteps[step]
    if beginsWithRungeKutta, outputs.values.count < 3, step + 1 < stepCount {
      return try rungeKutta(step, latent, predict)
    }
    let seen = try predict(latent, Double(start))
    if outputs.values.isEmpty, step + 1 < stepCount {
      outputs.remember(seen)
      return try halved(step, latent, seen, predict)
    }
    outputs.remember(seen)
    return moved(latent, together(outputs.values), start, start - table.distance)
  }

  /// The first step: there, and once more by the mean of the noise at both ends.
  private func halved(
    _ step: Int, _ latent: [Float], _ seen: [Float], _ predict: Predict
  ) throws -> [Float] {
    let (start, end) = (table.timesteps[step], table.timesteps[step + 1])
    let there = moved(latent, seen, start, start - table.distance)
    let seenThere = try predict(there, Double(end))
    let mean = combination((0.5, seenThere), (0.5, seen))
    return moved(latent, mean, end + table.distance, end)
  }

  /// The classic method of four looks: at the start, twice in the middle and at the end.
  private mutating func rungeKutta(
    _ step: Int, _ latent: [Float], _ predict: Predict
  ) throws -> [Float] {
    let (start, end) = (table.timesteps[step], table.timesteps[step + 1])
    let half = table.distance / 2
    let first = try predict(latent, Double(start))
    outputs.remember(first)
    let second = try predict(moved(latent, first, start, start - half), Double(end + half))
    let third = try predict(moved(latent, second, start, end + half), Double(end + half))
    let fourth = try predict(moved(latent, third, start, end), Double(end))
    let mean = combination(
      (1.0 / 6, first), (1.0 / 3, second), (1.0 / 3, third), (1.0 / 6, fourth))
    return moved(latent, mean, start, end)
  }

  /// The weights of Adams and Bashforth, up to order 4.
  private func together(_ outputs: [[Float]]) -> [Float] {
    let weights: [Double] =
      switch outputs.count {
      case 1: [1]
      case 2: [3.0 / 2, -1.0 / 2]
      case 3: [23.0 / 12, -16.0 / 12, 5.0 / 12]
      default: [55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24]
      }
    return combination(zip(weights, outputs).map { ($0, $1) })
  }

  /// Equation 11 of the paper: from one timestep to another along the noise that the network saw.
  private func moved(_ latent: [Float], _ output: [Float], _ from: Int, _ to: Int) -> [Float] {
    let (level, next) = (table.level(from), table.level(to))
    let noise = table.denoiser.noise(latent, level, output: output)
    let ratio = next.signal / level.signal
    return combination((ratio, latent), (next.noise - ratio * level.noise, noise))
  }
}
