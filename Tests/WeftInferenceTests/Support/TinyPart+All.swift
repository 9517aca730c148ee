import WeftFormats
import WeftTensors
import WeftTestSupport

extension TinyPart {
  static func unet(_ tiny: TinyUNet) -> TinyPart {
    TinyPart(component: "unet", tag: tiny.name, dimensions: tiny.dimensions, golden: tiny.name)
  }

  static let vae = TinyPart(
    component: "vae", tag: "vae", dimensions: ["channels": .list([32, 64, 96, 96])],
    golden: "vae")

  /// A text encoder, which may stand in the place of another component than its own.
  static func text(_ clip: TinyCLIP, as component: String? = nil) -> TinyPart {
    var part = TinyPart(
      component: component ?? clip.component, tag: clip.name, dimensions: clip.dimensions,
      golden: clip.name)
    // Without its projection it is not what the golden has the digest of.
    if component != nil { part.digestKey = nil }
    return part
  }

  static let controlNet = TinyPart(
    component: "controlnet", tag: "controlnet", dimensions: TinyUNet.sd15.dimensions,
    golden: "controlnet")

  static let imageEncoder = TinyPart(
    component: "image_encoder", tag: TinyCLIP.vision.name,
    dimensions: TinyCLIP.vision.dimensions, golden: "ip_adapter", configurationKey: "vit",
    digestKey: "vit_sha", file: "image_encoder/model.safetensors",
    added: ["visual_projection.weight": [48, 64]])

  static let ipAdapter = TinyPart(
    component: "ip_adapter", tag: "ip",
    dimensions: [
      "context": .integer(64), "embed": .integer(48),
      "widths": .list([32, 32, 64, 64, 96, 96, 96, 96, 96, 64, 64, 64, 32, 32, 32, 96]),
    ],
    golden: "ip_adapter", digestKey: nil, file: "ip-adapter.safetensors",
    hasConfiguration: false, spelling: ["image_proj.image_embeds.": "image_proj.proj."])

  static let t2iAdapter = TinyPart(
    component: "t2i_adapter", tag: "t2i", dimensions: ["channels": .list([32, 64, 96, 96])],
    golden: "t2i_adapter", digestKey: nil,
    configuration: [
      .init("_class_name", .string("T2IAdapter")), .init("adapter_type", .string("full_adapter")),
      .init("channels", .array([32, 64, 96, 96].map { .integer($0) })),
      .init("downscale_factor", .integer(8)), .init("in_channels", .integer(3)),
      .init("num_res_blocks", .integer(2)),
    ])

  static let taesd = TinyPart(
    component: "taesd_encoder", others: ["taesd_decoder"], tag: "taesd", golden: "taesd",
    configuration: [
      .init("_class_name", .string("AutoencoderTiny")), .init("latent_channels", .integer(4)),
      .init("scaling_factor", .number(1)),
    ])
}
