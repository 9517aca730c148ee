package import WeftNetworks

/// What happens while pictures are made.
package enum PictureEvent {
  /// A network of so many bytes is loaded.
  case loading(ComponentKind, byteCount: Int)
  /// A network is loaded.
  case loaded(ComponentKind)
  /// Denoising begins: so many steps.
  case denoising(stepCount: Int)
  /// The network was asked; a step may ask more than once, and once for each window.
  case predicted(StepPrediction)
  /// A step is done; `latents` are those of all pictures.
  case stepped(step: Int, timestep: Double, latents: Latents)
  /// Latents become pictures.
  case decoding(pictureCount: Int)
  /// Something that the user should know.
  case note(String)
}
