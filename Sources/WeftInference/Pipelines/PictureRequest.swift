package import WeftKernels

/// Everything that decides what pictures are made.
package struct PictureRequest: Sendable {
  /// What is wanted.
  package var prompt: String
  /// What is not wanted; nil when nothing was said.
  package var negative: String?
  /// How prompts are read and encoded.
  package var text = TextOptions()
  /// The pictures' size in pixels, multiples of 8.
  package var size: PictureSize
  /// What pictures begin with.
  package var start = PictureStart.noise
  /// How noise is removed.
  package var sampling: Sampling
  /// How strongly the prompt guides.
  package var guidance: Guidance
  /// Where noise comes from, for all pictures of the batch.
  package var noise: NoiseRequest
  /// ControlNets.
  package var controls: [ControlRequest] = []
  /// Pictures as prompts.
  package var imagePrompts: [ImagePromptRequest] = []
  /// T2I-Adapters.
  package var features: [FeatureRequest] = []
  /// The windows that the network looks at by turns; nil where it sees everything at once.
  package var window: ViewWindow?
  /// A second run at a larger size; nil for none.
  package var enlargement: Enlargement?
  /// Another model for the last steps; nil for none.
  package var refiner: Refinement?

  /// Makes a request without guides.
  package init(
    prompt: String, negative: String?, size: PictureSize, sampling: Sampling,
    guidance: Guidance, noise: NoiseRequest
  ) {
    (self.prompt, self.negative, self.size) = (prompt, negative, size)
    (self.sampling, self.guidance, self.noise) = (sampling, guidance, noise)
  }
}

/// Windows over latents, for pictures that are larger than what a model was made for.
package struct ViewWindow: Sendable, Hashable {
  /// The rows and columns of a window.
  package let side: Int
  /// The way from one window to the next.
  package let stride: Int

  /// Describes windows.
  package init(side: Int, stride: Int) { (self.side, self.stride) = (side, stride) }
}

/// The size of a picture in pixels.
package struct PictureSize: Sendable, Hashable {
  /// The number of columns.
  package let width: Int
  /// The number of rows.
  package let height: Int

  /// Makes a size.
  package init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
}

/// What a picture begins with.
package enum PictureStart: Sendable {
  /// Noise alone, drawn from the seed.
  case noise
  /// Unit noise that is given.
  case given(Latents)
  /// A picture, `[1, 3, H, W]` from -1 to 1, of which `strength` of the steps change something: from 0, nothing, to 1.
  case picture(Tensor, strength: Double)
  /// Scaled latents, as `picture`.
  case latents(Latents, strength: Double)
  /// A picture, as `picture`, that is painted anew where the mask is 1.
  case masked(Tensor, mask: Mask, strength: Double)

  /// The share of the steps that are taken.
  package var strength: Double {
    switch self {
    case .noise, .given: 1
    case .picture(_, let strength), .latents(_, let strength), .masked(_, _, let strength):
      strength
    }
  }
}

/// A second run over a picture that was made larger.
///
/// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/processing.py
package struct Enlargement: Sendable {
  /// How the picture becomes larger.
  package enum Method: Sendable, Hashable {
    /// Its latents, by a filter of the same name as for pictures.
    case latents(Resampling)
    /// The decoded picture, which is then encoded again.
    case pixels(Resampling)
  }

  /// The size in the end.
  package var size: PictureSize
  /// How the picture becomes larger.
  package var method: Method
  /// The share of the steps that change something.
  package var strength: Double
  /// The steps of the whole way; nil for those of the first run.
  package var stepCount: Int?

  /// Describes a run.
  package init(size: PictureSize, method: Method, strength: Double, stepCount: Int?) {
    (self.size, self.method) = (size, method)
    (self.strength, self.stepCount) = (strength, stepCount)
  }
}

/// Another model that takes the last steps.
package struct Refinement: Sendable {
  /// The models.
  package var models: PictureModels
  /// The share of the way after which it takes over.
  package var start: Double

  /// Describes a refiner.
  package init(_ models: PictureModels, start: Double) {
    (self.models, self.start) = (models, start)
  }
}
