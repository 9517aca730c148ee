/// What a file or folder of tensors is.
package enum ModelKind: String, Sendable, Hashable, CaseIterable {
  case checkpoint
  case unet
  case vae
  case taesd
  case textEncoder = "text-encoder"
  case adapter
  case controlnet
  case clipVision = "clip-vision"
  case ipAdapter = "ip-adapter"
  case t2iAdapter = "t2i-adapter"
  case embedding
  case unknown

  /// The kinds of networks that are in files of their own.
  private static let alone: [String: ModelKind] = [
    "controlnet": .controlnet, "t2i_adapter": .t2iAdapter, "taesd_encoder": .taesd,
    "taesd_decoder": .taesd, "image_encoder": .clipVision, "ip_adapter": .ipAdapter,
    "ip_adapter_plus": .ipAdapter,
  ]

  /// The kind of a file that holds the given components.
  init(components: Set<String>) {
    let own = Set(components.map { Self.alone[$0] })
    if own.count == 1, let kind = own.first.flatMap({ $0 }) {
      self = kind
      return
    }
    let encoders = components.subtracting(["unet", "vae"]).subtracting(Self.alone.keys)
    switch (components.contains("unet"), components.contains("vae"), encoders.isEmpty) {
    case (true, false, true): self = .unet
    case (false, true, true): self = .vae
    case (false, false, false):
      self = components.contains("image_encoder") ? .clipVision : .textEncoder
    case (false, false, true): self = .unknown
    default: self = .checkpoint
    }
  }
}
