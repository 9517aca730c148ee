import WeftKernels
import WeftTensors

/// Which part of a picture is painted anew, as samplers and inpainting models take it.
///
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/pipelines/stable_diffusion/pipeline_stable_diffusion_inpaint.py
struct RepaintMask {
  private let pixels: Mask
  private let latents: Mask

  /// Takes a mask of the picture's size.
  init(_ mask: Mask, size: PictureSize) throws {
    guard mask.width == size.width, mask.height == size.height else {
      throw InferenceError(
        status: .badData,
        what:
          "the mask has \(mask.width) by \(mask.height) pixels, but the picture \(size.width) by "
          + "\(size.height)", place: "--mask", advice: "give a mask of the picture's size")
    }
    guard !mask.isEmpty else {
      throw InferenceError(
        status: .badData, what: "the mask is black everywhere", place: "--mask",
        advice: "paint white what is to be made anew, or add --invert-mask")
    }
    pixels = mask
    latents = mask.resized(
      width: size.width / LatentCoder.factor, height: size.height / LatentCoder.factor)
  }

  /// The mask at the size of a latent: `h · w` values.
  var latentValues: [Float] { latents.values }

  /// A picture's pixels, `[1, 3, H, W]`, with the painted part grey.
  func covering(_ picture: Tensor) -> Tensor {
    let values = picture.floats
    let mask = pixels.values
    return Tensor(
      picture.shape, values.indices.map { mask[$0 % mask.count] < 0.5 ? values[$0] : 0 })
  }

  /// What an inpainting model takes for each picture: the mask and behind it the latents of the covered picture,
  /// `[N, 1 + C, h, w]`.
  func channels(beside covered: Latents) -> Tensor {
    let values = (0..<covered.pictureCount).flatMap { latentValues + covered.picture($0).floats }
    return Tensor(
      [covered.pictureCount, 1 + covered.channelCount, latents.height, latents.width], values)
  }
}
