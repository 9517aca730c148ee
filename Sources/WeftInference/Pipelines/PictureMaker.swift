package import WeftKernels
package import WeftNetworks
import WeftTensors

/// Makes pictures of a request: prompts become conditions, noise becomes latents, latents become pictures.
///
/// The three parts can be taken one by one, so that many requests load each network once.
package struct PictureMaker {
  let models: PictureModels
  let shelf: NetworkShelf
  /// Makes latents of pictures and pictures of latents.
  package let coder: LatentCoder
  let events: (PictureEvent) throws -> Void

  /// Makes a maker.
  ///
  /// - Parameters:
  ///   - models: the models.
  ///   - shelf: loads their networks.
  ///   - grid: the tiles that the autoencoder cuts large pictures into; nil to take them whole.
  ///   - events: hears of what happens.
  /// - Throws: when it is not known how the model's latents are scaled.
  package init(
    _ models: PictureModels, shelf: NetworkShelf, tiles grid: TileGrid?,
    events: @escaping (PictureEvent) throws -> Void
  ) throws {
    (self.models, self.shelf, self.events) = (models, shelf, events)
    coder = try LatentCoder(shelf, models, tiles: grid)
  }

  /// Makes the pictures of one request; the networks of one part are put away before the next.
  package func callAsFunction(_ request: PictureRequest) throws -> [MadePicture] {
    let prepared = try prepare(request)
    putAwayEncoders()
    let latents = try denoise(prepared)
    putAwayDenoisers()
    return try finish(latents)
  }

  /// Lets go of what is not needed any more when all requests are prepared.
  package func putAwayEncoders() {
    shelf.putAway([.textEncoder, .textEncoder2, .vaeEncoder])
  }

  /// Lets go of what is not needed any more when all latents are denoised.
  package func putAwayDenoisers() {
    shelf.putAway([.unet, .controlNet, .imageTokens, .t2iAdapter, .vaeEncoder])
  }

  /// Latents as pictures.
  package func finish(_ latents: Latents) throws -> [MadePicture] {
    try events(.decoding(pictureCount: latents.pictureCount))
    let pictures = try coder.decode(latents)
    for (index, picture) in pictures.enumerated() where !picture.floats.allSatisfy(\.isFinite) {
      throw InferenceError(
        status: .badData, what: "the autoencoder made NaN of picture \(index + 1)",
        advice: "check it with weft verify, give another with --vae, or try --precision f32")
    }
    return pictures.enumerated().map { index, picture in
      MadePicture(latents: latents.picture(index), picture: picture)
    }
  }
}

/// A picture that was made.
package struct MadePicture: Sendable {
  /// The scaled latents, `[1, C, h, w]`.
  package let latents: Tensor
  /// The picture, `[1, 3, H, W]` from about -1 to 1.
  package let picture: Tensor
}
