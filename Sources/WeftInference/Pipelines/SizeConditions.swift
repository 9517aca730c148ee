import WeftKernels
import WeftNetworks
import WeftTensors

/// The sizes and places that Stable Diffusion XL is told beside the prompt.
///
/// The base model takes six numbers, the refiner five, of which the last says how beautiful the picture is to be.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/pipelines/stable_diffusion_xl/pipeline_stable_diffusion_xl_img2img.py
struct SizeConditions {
  /// How many numbers the UNet takes.
  private let count: Int
  private static let beauty: Float = 6
  private static let plainness: Float = 2.5

  /// Finds out what a UNet takes beside `pooledWidth` features of text; nil for one that takes nothing.
  init?(_ unet: ComponentModel, pooledWidth: Int?) throws {
    guard let width = unet.source.shape("add_embedding.linear_1.weight")?.dimensions[1] else {
      return nil
    }
    guard let pooledWidth else {
      throw InferenceError(
        status: .refused, what: "the model looks at pooled text, but no text encoder gives any",
        place: unet.source.path, advice: "give the model's second text encoder, too")
    }
    let each = try unet.configuration.count("addition_time_embed_dim") ?? 256
    let count = (width - pooledWidth) / each
    guard pooledWidth + count * each == width, (5...6).contains(count) else {
      throw InferenceError(
        status: .refused,
        what:
          "the UNet takes \(width) conditions, which are no \(pooledWidth) of text and five or six sizes of \(each)",
        place: unet.source.path, advice: "use text encoders of this architecture")
    }
    self.count = count
  }

  /// The numbers for the prompt or, before it, what is not wanted: `[K]`.
  func values(height: Int, width: Int, isWanted: Bool) -> [Float] {
    let (height, width) = (Float(height), Float(width))
    return count == 6
      ? [height, width, 0, 0, height, width]
      : [height, width, 0, 0, isWanted ? Self.beauty : Self.plainness]
  }
}
