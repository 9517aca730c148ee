import ArgumentParser
import WeftInference

/// What comes after the first run: a larger picture, or another model for the last steps.
struct LargerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Make the picture so many times as large and run over it again (hires fix).", valueName: "x"))
  var hiresScale: Double?

  @Option(
    help: ArgumentHelp(
      "How it becomes larger: latent, latent-bicubic or latent-nearest, or the pixels by lanczos, bicubic, bilinear or "
        + "nearest (default: latent).", valueName: "name"))
  var hiresUpscaler: EnlargementName?

  @Option(
    help: ArgumentHelp(
      "How much the second run changes, from 0 to 1 (default: 0.7).", valueName: "s"))
  var hiresStrength: Double?

  @Option(
    help: ArgumentHelp(
      "The steps of the second run's whole way (default: those of the first).", valueName: "n"))
  var hiresSteps: Int?

  @Option(
    help: ArgumentHelp(
      "A model that takes the last steps, such as SDXL's refiner; guides are for the first model alone.",
      valueName: "path"))
  var refiner: String?

  @Option(
    help: ArgumentHelp(
      "The share of the way after which the refiner takes over (default: 0.8).", valueName: "share")
  )
  var refinerSwitch: Double?

  func validate() throws {
    if let hiresScale, !(1...8).contains(hiresScale) {
      throw ValidationError("--hires-scale must be from 1 to 8, not \(hiresScale)")
    }
    if let hiresStrength, hiresStrength <= 0 || hiresStrength > 1 {
      throw ValidationError("--hires-strength must be from above 0 to 1, not \(hiresStrength)")
    }
    if let hiresSteps, !(1...1000).contains(hiresSteps) {
      throw ValidationError("--hires-steps must be from 1 to 1000, not \(hiresSteps)")
    }
    if refinerSwitch != nil, refiner == nil {
      throw ValidationError("--refiner-switch needs a --refiner")
    }
    if let refinerSwitch, refinerSwitch <= 0 || refinerSwitch >= 1 {
      throw ValidationError("--refiner-switch must be between 0 and 1, not \(refinerSwitch)")
    }
  }

  /// What is set.
  func apply(to settings: inout PictureSettings) {
    settings.enlargement = hiresScale
    settings.enlargementMethod = hiresUpscaler?.rawValue
    settings.enlargementStrength = hiresStrength
    settings.enlargementSteps = hiresSteps
    settings.refinerSwitch = refinerSwitch
  }
}

extension EnlargementName: ExpressibleByArgument {}
