import WeftKernels

/// Makes latents larger as if they were pictures.
enum LatentResizing {
  /// The same latents at another size.
  ///
  /// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/processing.py
  static func resized(
    _ latents: Latents, to size: PictureSize, _ filter: Resampling
  ) throws -> Latents {
    let (height, width) = (size.height / LatentCoder.factor, size.width / LatentCoder.factor)
    let backend = try ReferenceBackend(threads: 1)
    let method: ResizeFilter =
      switch filter {
      case .nearest: .nearest
      case .bilinear: .bilinear(antialias: false)
      case .bicubic, .lanczos: .bicubic(antialias: false)
      }
    return Latents(try backend.resize(latents.tensor, height: height, width: width, method))
  }
}
