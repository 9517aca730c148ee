import WeftKernels
import WeftNetworks
import WeftTensors

/// A UNet with everything that guides it: it says what it predicts of latents, what is not wanted taken out.
struct GuidedUNet {
  private let unet: ReadyNetwork<UNet>
  private var book: ConditionBook
  private let guidance: Guidance
  private let controls: [ControlGuide]
  private let features: [(tensors: [Tensor], scale: Float)]
  /// Channels that an inpainting model takes behind the latent's, for each picture, `[N, C', h, w]`.
  private let extra: Tensor?

  /// Puts a UNet and what guides it together.
  init(
    _ unet: ReadyNetwork<UNet>, _ book: ConditionBook, guidance: Guidance,
    controls: [ControlGuide], features: [(tensors: [Tensor], scale: Float)], extra: Tensor?
  ) {
    (self.unet, self.book, self.guidance) = (unet, book, guidance)
    (self.controls, self.features, self.extra) = (controls, features, extra)
  }

  /// What the network predicts, picture by picture, so that a batch takes no more memory than one of them.
  ///
  /// - Parameters:
  ///   - latents: the latents as the network is to see them.
  ///   - timestep: the place in the noise.
  ///   - step: by which prompts and ControlNets change.
  ///   - stepCount: the steps of the run.
  /// - Returns: as many values as the latents have.
  /// - Throws: what the networks throw.
  mutating func predict(
    _ latents: Latents, timestep: Double, step: Int, of stepCount: Int
  ) throws -> [Float] {
    let conditions = try book.conditions(at: step)
    var result: [Float] = []
    result.reserveCapacity(latents.values.count)
    for index in 0..<latents.pictureCount {
      let inputs = try inputs(latents.picture(index), conditions, timestep)
      result += try predict(
        inputs, conditions, extra: extra.map { Latents($0).picture(index) }, step, stepCount)
    }
    return result
  }

  private func inputs(
    _ latent: Tensor, _ conditions: StepConditions, _ timestep: Double
  ) throws -> UNet.Inputs {
    var inputs = UNet.Inputs(
      sample: latent.repeatedPictures(conditions.count),  // [N, C, h, w]
      timesteps: [Float](repeating: Float(timestep), count: conditions.count),
      prompt: conditions.prompt)
    inputs.pooledText = conditions.pooled
    inputs.timeIDs = conditions.timeIDs
    return inputs
  }

  private func predict(
    _ inputs: UNet.Inputs, _ conditions: StepConditions, extra: Tensor?, _ step: Int,
    _ stepCount: Int
  ) throws -> [Float] {
    var inputs = inputs
    let backend = unet.pass.backend
    let residuals = try controls.compactMap { try $0.residuals(inputs, step: step, of: stepCount) }
    inputs.control = try ControlResiduals.sum(residuals, backend)
    inputs.features = try summedFeatures(count: conditions.count)
    if let extra {
      let beside = extra.repeatedPictures(conditions.count)  // [N, C', h, w]
      inputs.sample = try backend.plain(
        backend.concatenate([inputs.sample, beside]))  // [N, C + C', h, w]
    }
    let output = try backend.plain(unet.network(inputs, unet.pass))  // [N, C, h, w]
    return guided(output, conditions)
  }

  /// The predictions for what is not wanted and for the prompt's parts as one.
  private func guided(_ output: Tensor, _ conditions: StepConditions) -> [Float] {
    let values = output.floats
    let count = values.count / conditions.count
    let parts = (0..<conditions.count).map { Array(values[$0 * count..<($0 + 1) * count]) }
    guard conditions.hasNegative else { return parts[0] }
    return guidance.combined(
      unconditional: parts[0],
      conditional: zip(conditions.weights, parts.dropFirst()).map { (weight: $0, values: $1) })
  }

  /// What T2I-Adapters add to each level, `[N, C, h, w]`.
  private func summedFeatures(count: Int) throws -> [Tensor] {
    guard let first = features.first else { return [] }
    let backend = unet.pass.backend
    return try first.tensors.indices.map { level in
      var total = try backend.scale(
        first.tensors[level].repeatedPictures(count), by: first.scale)
      for other in features.dropFirst() {
        total = try backend.add(
          total, other.tensors[level].repeatedPictures(count), factor: other.scale)
      }
      return total
    }
  }
}
