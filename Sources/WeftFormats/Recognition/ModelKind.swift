/// What a file or folder of tensors is.
package enum ModelKind: String, Sendable, Hashable, CaseIterable {
  case checkpoint
  case unet
  case vae
  case taesd
  case textEncoder = "text-encoder"
  case adapter
  case controlnet
  case t2iAdapter = "t2i-adapter"
  case clipVision = "clip-vision"
  case ipAdapter = "ip-adapter"
  case embedding
  case unknown

  /// What is kept beside models, by component, the more particular first.
  private static let beside: [(component: String, kind: ModelKind)] = [
    ("controlnet", .controlnet), ("t2i_adapter", .t2iAdapter), ("taesd_encoder", .taesd),
    ("taesd_decoder", .taesd), ("image_encoder", .clipVision), ("ip_adapter", .ipAdapter),
    ("ip_adapter_plus", .ipAdapter),
  ]

  /// The kind of a file that holds the given components.
  init(components: Set<String>) {
    let parts = components.subtracting(Self.beside.map(\.component))
    let encoders = parts.subtracting(["unet", "vae"])
    switch (parts.contains("unet"), parts.contains("vae"), encoders.isEmpty) {
    case (true, false, true): self = .unet
    case (false, true, true): self = .vae
    case (false, false, false):
      self = components.contains("image_encoder") ? .clipVision : .textEncoder
    case (false, false, true):
      self = Self.beside.first { components.contains($0.component) }?.kind ?? .unknown
    default: self = .checkpoint
    }
  }
}
