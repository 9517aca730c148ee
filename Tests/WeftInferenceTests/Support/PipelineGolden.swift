import WeftFiles
import WeftKernels
import WeftTensors
import WeftTestSupport

/// A picture that diffusers made with the small models: the latents after every step, and what they were made of.
struct PipelineGolden {
  private let golden: Golden

  /// Opens `pipe_NAME.safetensors`.
  init(_ name: String) throws { golden = try Golden("pipe_\(name)", in: "inference") }

  /// The latents after a step, from 0 up, `[N, 4, h, w]`.
  func latents(step: Int) throws -> Tensor { try golden.tensor("latents.step\(step)") }

  /// How many steps were made: fewer than asked for where a picture was the start.
  var stepCount: Int {
    golden.checkpoint.tensors.count { $0.info.name.hasPrefix("latents.step") }
  }

  /// The picture from 0 to 1, `[N, 3, H, W]`.
  var image: Tensor { get throws { try golden.tensor("image") } }

  /// The timesteps that the scheduler was set to.
  var timesteps: [Float] { get throws { try golden.tensor("timesteps").floats } }

  /// What went in: `image_m1_1`, `mask`, `cond01`.
  func input(_ name: String) throws -> Tensor { try golden.tensor("in.\(name)") }

  /// Any tensor, such as `prompt_embeds`.
  func tensor(_ name: String) throws -> Tensor { try golden.tensor(name) }

  /// A number of the metadata, such as `cfg`, `steps`, `seed`, `strength` or `cond_scale`.
  func number(_ key: String) throws -> Double {
    guard let text = golden.checkpoint.metadata[key], let number = Double(text) else {
      throw Golden.Absent(name: key)
    }
    return number
  }

  /// The same, as an integer.
  func count(_ key: String) throws -> Int { Int(try number(key)) }

  /// Height and width of the picture in pixels.
  var size: (height: Int, width: Int) {
    get throws {
      let shape = try image.shape.dimensions
      return (shape[2], shape[3])
    }
  }

  /// The prompts of the batch; the metadata tells them only where there is nothing else to tell.
  var prompts: [String] {
    get throws {
      let first = golden.checkpoint.metadata["prompt"] ?? Self.prompt
      return try image.shape.dimensions[0] == 1 ? [first] : [first, "a cat"]
    }
  }

  /// The negative prompt; an empty text where there is none.
  var negative: String {
    let said = golden.checkpoint.metadata["negative"]
    return said ?? (isFrom(picture: "img2img_ddim") ? Self.negativePrompt : "")
  }

  private func isFrom(picture name: String) -> Bool {
    golden.checkpoint.metadata["about"]?.hasSuffix(name) ?? false
  }

  private static let prompt = "a photo of an astronaut riding a horse on mars"
  private static let negativePrompt = "blurry, low quality"
}
