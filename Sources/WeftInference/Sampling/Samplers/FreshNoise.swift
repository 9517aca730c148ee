/// Where a sampler's fresh noise comes from.
struct FreshNoise: Sendable {
  /// Whether it is that of one Brownian path.
  let isBrownian: Bool
  /// Whether it is drawn where none is needed, as diffusers does in the last step.
  let drawsAlways: Bool
  /// Its standard deviation.
  let scale: Double

  /// The noise of a step; nil in a last step that needs none.
  func values(_ noise: any StepNoise, _ table: StepTable, _ step: Int) -> [Float]? {
    let (sigma, next) = (table.sigmas[step], table.sigmas[step + 1])
    guard next > 0 || drawsAlways else { return nil }
    guard isBrownian else { return noise.next() }
    return next > 0 ? noise.between(sigma, next, within: table.range) : nil
  }
}
