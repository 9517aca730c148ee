/// What a file or folder of tensors is.
package enum ModelKind: String, Sendable, Hashable, CaseIterable {
  case checkpoint
  case unet
  case vae
  case textEncoder = "text-encoder"
  case adapter
  case controlnet
  case embedding
  case unknown

  /// The kind of a file that holds the given components.
  init(components: Set<String>) {
    if components == ["controlnet"] {
      self = .controlnet
      return
    }
    let encoders = components.subtracting(["unet", "vae", "controlnet"])
    switch (components.contains("unet"), components.contains("vae"), encoders.isEmpty) {
    case (true, false, true): self = .unet
    case (false, true, true): self = .vae
    case (false, false, false): self = .textEncoder
    case (false, false, true): self = .unknown
    default: self = .checkpoint
    }
  }
}
