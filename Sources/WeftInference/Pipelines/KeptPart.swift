/// What an inpainting of a model without a mask of its own keeps of a picture.
///
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/pipelines/stable_diffusion/pipeline_stable_diffusion_inpaint.py
struct KeptPart: Sendable {
  /// The picture's latents, as often as there are pictures.
  let latents: Latents
  /// The noise that they began with, which they have at every later step, too.
  let noise: [Float]
  /// 1 where it is painted, 0 where the picture stays: `height · width` values.
  let mask: [Float]

  /// Latents after a step with the kept part put back, with as much noise as the next step expects.
  func restored(
    _ painted: Latents, after step: Int, of steps: Range<Int>, _ sampler: any Sampler
  ) -> Latents {
    let isLast = step + 1 == steps.upperBound
    let original =
      isLast ? latents.values : sampler.noised(latents.values, noise, before: step + 1)
    let values = painted.values.indices.map { index in
      let share = mask[index % mask.count]
      return (1 - share) * original[index] + share * painted.values[index]
    }
    return painted.with(values)
  }
}
