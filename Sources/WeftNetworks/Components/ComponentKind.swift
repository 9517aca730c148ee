/// A kind of network that can be run alone: its name, where its weights are, and what runs it.
package struct ComponentKind: Sendable {
  /// The name on the command line, such as `vae-decoder`.
  package let name: String
  /// The component of a model that holds the weights, such as `vae`.
  package let component: String
  /// Components of another structure that may hold them instead.
  private let others: [String]
  /// What the paths start with that only the rest of the component needs; the two halves of an autoencoder are in one.
  let foreign: [String]
  /// What runs it.
  package let network: any NetworkComponent.Type

  private init(
    _ name: String, _ component: String, or others: [String] = [],
    without foreign: [String] = [], _ network: any NetworkComponent.Type
  ) {
    self.name = name
    self.component = component
    self.others = others
    self.foreign = foreign
    self.network = network
  }

  /// All components that may hold the weights.
  package var components: [String] { [component] + others }

  /// Whether it makes tokens of ids.
  package var isTextEncoder: Bool { components.allSatisfy { $0.hasPrefix("text_encoder") } }

  /// A UNet.
  package static let unet = ComponentKind("unet", "unet", UNetComponent.self)
  /// The encoder of an autoencoder.
  package static let vaeEncoder = ComponentKind(
    "vae-encoder", "vae", without: ["decoder.", "post_quant_conv."], VAEEncoderComponent.self)
  /// The decoder of an autoencoder.
  package static let vaeDecoder = ComponentKind(
    "vae-decoder", "vae", without: ["encoder.", "quant_conv."], VAEDecoderComponent.self)
  /// The first or only text encoder.
  package static let textEncoder = ComponentKind(
    "text-encoder", "text_encoder", TextEncoderComponent.self)
  /// The second text encoder.
  package static let textEncoder2 = ComponentKind(
    "text-encoder-2", "text_encoder_2", TextEncoderComponent.self)
  /// A ControlNet.
  package static let controlNet = ComponentKind(
    "controlnet", "controlnet", ControlNetComponent.self)
  /// The encoder of a tiny autoencoder.
  package static let tinyEncoder = ComponentKind(
    "taesd-encoder", "taesd_encoder", TinyEncoderComponent.self)
  /// The decoder of a tiny autoencoder.
  package static let tinyDecoder = ComponentKind(
    "taesd-decoder", "taesd_decoder", TinyDecoderComponent.self)
  /// A vision encoder.
  package static let visionEncoder = ComponentKind(
    "clip-vision", "image_encoder", VisionEncoderComponent.self)
  /// The part of an IP-Adapter that makes tokens.
  package static let imageTokens = ComponentKind(
    "ip-adapter-projection", "ip_adapter", or: ["ip_adapter_plus"], without: ["ip_adapter."],
    ImageTokensComponent.self)
  /// A T2I-Adapter.
  package static let t2iAdapter = ComponentKind(
    "t2i-adapter", "t2i_adapter", T2IAdapterComponent.self)

  /// All kinds, in the order of the documentation.
  package static let all = [
    unet, vaeEncoder, vaeDecoder, textEncoder, textEncoder2, controlNet, tinyEncoder, tinyDecoder,
    visionEncoder, imageTokens, t2iAdapter,
  ]

  /// The kind of a name, or nil.
  package static func named(_ name: String) -> ComponentKind? { all.first { $0.name == name } }
}
