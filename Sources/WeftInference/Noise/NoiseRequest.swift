/// The shape of one picture's latent.
package struct LatentShape: Sendable, Hashable {
  /// The channels, 4 for Stable Diffusion.
  package let channels: Int
  /// The rows, an eighth of the picture's.
  package let height: Int
  /// The columns, an eighth of the picture's.
  package let width: Int

  /// Makes a shape.
  package init(channels: Int, height: Int, width: Int) {
    (self.channels, self.height, self.width) = (channels, height, width)
  }

  /// The number of values.
  package var count: Int { channels * height * width }
}

/// What the noise of a batch of pictures is made of.
///
/// As it stands it is diffusers' and A1111's; ComfyUI's pictures share one generator, with a delta of 1 for samplers.
package struct NoiseRequest: Sendable {
  /// Another seed's noise that is mixed in.
  package struct Variation: Sendable {
    /// The seed of the first picture; the next ones count up, and the main seed stays.
    package let seed: UInt64
    /// How much of it, from 0 to 1.
    package let strength: Double

    /// Makes a variation.
    package init(seed: UInt64, strength: Double) { (self.seed, self.strength) = (seed, strength) }
  }

  /// Whose random numbers.
  package var source = NoiseSource.torch
  /// The type that they are drawn in.
  package var type = NoiseType.f32
  /// The seed of the first picture; each next one has the next seed.
  package var seed: UInt64
  /// The number of pictures.
  package let pictureCount: Int
  /// The shape of each.
  package var shape: LatentShape
  /// Whether one generator draws the whole batch at once, as ComfyUI does, instead of one for each picture.
  package var isShared = false
  /// Another seed's noise that is mixed in.
  package var variation: Variation?
  /// The shape of the picture whose noise stands in the middle: A1111's "resize seed from".
  package var resizedFrom: LatentShape?
  /// What is added to the seeds after the first noise: A1111's "eta noise seed delta", 31337 with many.
  package var seedDelta: Int64 = 0

  /// Makes a request for noise as diffusers draws it.
  package init(seed: UInt64, pictureCount: Int = 1, shape: LatentShape) {
    (self.seed, self.pictureCount, self.shape) = (seed, max(0, pictureCount), shape)
  }

  /// The seeds of the generators: one of all pictures, or one of each.
  var seeds: [UInt64] {
    if isShared { return [seed] }
    let counts = (variation?.strength ?? 0) == 0
    return (0..<pictureCount).map { counts ? seed &+ UInt64($0) : seed }
  }

  /// How many pictures each generator draws.
  var picturesPerGenerator: Int { isShared ? pictureCount : 1 }

  func generator(_ seed: UInt64) -> any NoiseGenerator { source.generator(seed: seed, type: type) }
}
