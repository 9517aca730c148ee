/// What a network was asked in a step, and what it said.
package struct StepPrediction: Sendable {
  /// The step, from 0 up, of the steps that are taken.
  package let step: Int
  /// The place in the noise.
  package let timestep: Double
  /// The latents as the network saw them.
  package let input: Latents
  /// What it predicted, guided: as many values as the latents have.
  package let output: [Float]
}

extension PictureMaker {
  /// What this maker's network says of the latents that another was asked about.
  ///
  /// - Parameters:
  ///   - prepared: the same request, prepared by this maker.
  ///   - others: what the other network was asked, in order.
  /// - Returns: the guided predictions, one for each.
  /// - Throws: when the network cannot be loaded or run.
  package func predictions(
    _ prepared: PreparedRequest, of others: [StepPrediction]
  ) throws -> [[Float]] {
    guard let stage = prepared.stages.first, let first = others.first else { return [] }
    var unet = try guidedUNet(
      prepared.request, stage, first.input, extra: prepared.start.extra)
    return try others.map { other in
      try unet.predict(
        other.input, timestep: other.timestep, step: other.step, of: stage.steps.count)
    }
  }
}
