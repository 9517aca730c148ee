import WeftKernels
import WeftNetworks

/// A request whose prompts are encoded and whose pictures are latents: what is left is denoising.
package struct PreparedRequest {
  /// The request.
  package let request: PictureRequest
  /// The runs, one after the other; the first has the latents to begin with.
  let stages: [PreparedStage]
  /// The latents where the first stage begins.
  let start: StartingPoint
}

/// One run with its prompts.
struct PreparedStage {
  /// What is done with the latents before it.
  enum Entrance {
    /// They are taken as they are.
    case none
    /// They are made larger, and noise is added again.
    case enlarged(Enlargement)
  }

  let entrance: Entrance
  let models: PictureModels
  let sampler: any Sampler
  let steps: Range<Int>
  /// The steps of the run that it is a part of, by which prompts and ControlNets change.
  let run: Range<Int>
  let prompts: EncodedPrompt
  let size: PictureSize
  /// The noise of the pictures, as far as it was drawn.
  let noise: BatchNoise
}

/// Where denoising begins.
struct StartingPoint {
  /// The latents with their noise.
  let latents: Latents
  /// What is kept of a picture; nil where everything is painted.
  let kept: KeptPart?
  /// Mask and masked picture for a model that takes them, `[N, C, h, w]`.
  let extra: Tensor?

  /// Begins with latents.
  init(_ latents: Latents, kept: KeptPart? = nil, extra: Tensor? = nil) {
    (self.latents, self.kept, self.extra) = (latents, kept, extra)
  }
}
