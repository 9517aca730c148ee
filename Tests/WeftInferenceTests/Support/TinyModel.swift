import Testing
import WeftTestSupport

/// A small model of the goldens, in the files in which such models are published.
struct TinyModel: Sendable, CustomTestStringConvertible {
  /// The folder's name.
  let name: String
  /// The architecture, such as `sd15`.
  let architecture: String
  /// The networks.
  let parts: [TinyPart]
  /// Whether it is a folder with `model_index.json`, a scheduler and tokenizers.
  var isPipeline = true

  var testDescription: String { name }

  static let sd15 = TinyModel(
    name: "sd15", architecture: "sd15", parts: [.unet(.sd15), .vae, .text(.large)])
  static let sd15Inpaint = TinyModel(
    name: "sd15-inpaint", architecture: "sd15-inpaint",
    parts: [.unet(.inpaint), .vae, .text(.large)])
  /// Its text encoder is the golden's `clip_g` without the projection.
  static let sd2 = TinyModel(
    name: "sd2", architecture: "sd2", parts: [.unet(.sd2), .vae, .text(.bigG, as: "text_encoder")])
  static let sdxl = TinyModel(
    name: "sdxl", architecture: "sdxl", parts: [.unet(.sdxl), .vae, .text(.large), .text(.bigG)])
  static let controlNet = TinyModel(
    name: "controlnet", architecture: "sd15", parts: [.controlNet], isPipeline: false)
  /// `ip-adapter.safetensors`, and its encoder of pictures in `image_encoder/`.
  static let ipAdapter = TinyModel(
    name: "ip-adapter", architecture: "sd15", parts: [.ipAdapter, .imageEncoder],
    isPipeline: false)
  static let t2iAdapter = TinyModel(
    name: "t2i-adapter", architecture: "sd15", parts: [.t2iAdapter], isPipeline: false)
  static let taesd = TinyModel(
    name: "taesd", architecture: "taesd", parts: [.taesd], isPipeline: false)

  /// The models that make pictures.
  static let pipelines = [sd15, sd15Inpaint, sd2, sdxl]
}
