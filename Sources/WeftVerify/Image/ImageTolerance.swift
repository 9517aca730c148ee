package import WeftFormats

#if canImport(Glibc)
  import Glibc
#endif

/// What is accepted of a picture that another model makes of the same noise.
package struct ImageTolerance: Sendable, Hashable {
  /// The largest relative L2 error of a guided prediction on the reference's latents.
  package let prediction: Double
  /// The largest relative L2 error of the latents after the last step.
  package let latents: Double
  /// The least peak signal-to-noise ratio of the picture in decibels.
  package let decibels: Double
  /// Why these, in words.
  package let reason: String

  /// What an error of guided predictions makes of latents and pictures.
  package init(prediction: Double, reason: String, _ table: ToleranceTable) {
    self.prediction = prediction
    latents = min(table.most, prediction * table.image.path)
    decibels = min(table.image.mostDecibels, -20 * log10(latents * table.image.contrast))
    self.reason = reason
  }

  /// What errors of the networks' own outputs make of guided predictions, latents and pictures.
  package init(network: Double, reason: String, _ table: ToleranceTable) {
    self.init(
      prediction: min(table.most, network * table.image.guidance), reason: reason, table)
  }
}
