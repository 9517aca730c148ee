import WeftFormats
package import WeftKernels
package import WeftNetworks
import WeftTensors

/// Makes latents of pictures and pictures of latents, with a model's autoencoder or a tiny one.
package struct LatentCoder {
  /// What a latent is multiplied by before a UNet looks at it.
  package let scale: Float
  private let shelf: NetworkShelf
  private let models: PictureModels
  private let grid: TileGrid?

  /// Makes a coder.
  ///
  /// - Parameters:
  ///   - shelf: loads the autoencoder when it is needed.
  ///   - models: the models.
  ///   - grid: the tiles that large pictures are cut into; nil to take them whole.
  /// - Throws: when the scale of the model's latents is not known.
  package init(_ shelf: NetworkShelf, _ models: PictureModels, tiles grid: TileGrid?) throws {
    (self.shelf, self.models, self.grid) = (shelf, models, grid)
    scale = try models.latentScale(shelf.library)
  }

  /// The pixels of a latent's one, in each direction.
  package static let factor = 8

  /// Pictures of scaled latents, one at a time: `[1, C, h, w]` each to `[1, 3, 8h, 8w]` from -1 to 1.
  package func decode(_ latents: Latents) throws -> [Tensor] {
    if models.decodesQuickly {
      return try (0..<latents.pictureCount).compactMap { try glance(latents, picture: $0) }
    }
    let decoder = try decoder(for: latents.picture(0))
    return try (0..<latents.pictureCount).map { index in
      let values = latents.picture(index).floats.map { $0 / scale }
      let latent = Tensor([1, latents.channelCount, latents.height, latents.width], values)
      let (network, pass) = (decoder.network, decoder.pass)
      return try pass.backend.plain(
        try grid.map { try network.tiled(latent, $0, pass) } ?? network(latent, pass))
    }
  }

  /// A quick look at one of the latents, by the tiny autoencoder; nil where there is none: `[1, 3, 8h, 8w]` from -1 to 1.
  package func glance(_ latents: Latents, picture index: Int = 0) throws -> Tensor? {
    guard let tiny = models.tinyAutoencoder else { return nil }
    let decoder = try shelf.network(.tinyDecoder, of: tiny) { source, _, backend in
      try TinyDecoder(source, backend)
    }
    return try decoder.pass.backend.plain(decoder.network(latents.picture(index), decoder.pass))
  }

  /// The scaled latents of pictures, `[1, 3, H, W]` from -1 to 1.
  ///
  /// - Parameters:
  ///   - pictures: one for each latent, or one for all of them.
  ///   - noise: draws each latent of the distribution that the encoder tells.
  /// - Returns: as many latents as the noise is for.
  /// - Throws: what the network throws.
  package func encode(_ pictures: [Tensor], _ noise: BatchNoise) throws -> Latents {
    var (means, deviations): ([Float], [Float]) = ([], [])
    var shape: Shape = [0, 0, 0, 0]
    for picture in pictures {
      let (distribution, backend) = try distribution(of: picture)
      let mean = try backend.plain(distribution.mean(backend))  // [1, C, h, w]
      shape = mean.shape
      means += mean.floats
      deviations += try backend.plain(distribution.standardDeviation(backend)).floats
    }
    let fresh = noise.draw(shape.checkedElementCount ?? 0)
    let values = fresh.indices.map { index in
      let place = index % means.count
      return scale * (means[place] + deviations[place] * fresh[index])
    }
    let sides = shape.dimensions
    return Latents(
      pictureCount: values.count / (shape.checkedElementCount ?? 1), channelCount: sides[1],
      height: sides[2], width: sides[3], values: values)
  }

  private func distribution(
    of picture: Tensor
  ) throws -> (LatentDistribution, any Backend) {
    let inputs = grid == nil ? NetworkInputs(["image": InputTensor(picture)]) : nil
    let encoder = try shelf.network(
      .vaeEncoder, of: models.autoencoder ?? models.model, for: inputs, or: "--vae"
    ) { try VAEEncoder($0, $1, $2) }
    let (network, pass) = (encoder.network, encoder.pass)
    let distribution =
      try grid.map { try network.tiled(picture, $0, pass) } ?? network(picture, pass)
    return (distribution, pass.backend)
  }

  private func decoder(for latent: Tensor) throws -> ReadyNetwork<VAEDecoder> {
    let tile = grid.map { min(latent[2], $0.side) * min(latent[3], $0.side) }
    let inputs =
      tile == nil ? NetworkInputs(["latent": InputTensor(latent)]) : nil
    return try shelf.network(
      .vaeDecoder, of: models.autoencoder ?? models.model, for: inputs, or: "--vae"
    ) {
      try VAEDecoder($0, $1, $2)
    }
  }
}
