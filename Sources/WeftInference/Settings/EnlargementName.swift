/// The names of ways to make a picture larger.
package enum EnlargementName: String, Sendable, CaseIterable {
  case latent
  case latentBicubic = "latent-bicubic"
  case latentNearest = "latent-nearest"
  case lanczos, bicubic, bilinear, nearest

  /// What the name means.
  package var method: Enlargement.Method {
    switch self {
    case .latent: .latents(.bilinear)
    case .latentBicubic: .latents(.bicubic)
    case .latentNearest: .latents(.nearest)
    case .lanczos: .pixels(.lanczos)
    case .bicubic: .pixels(.bicubic)
    case .bilinear: .pixels(.bilinear)
    case .nearest: .pixels(.nearest)
    }
  }
}
