import ArgumentParser
import WeftInference

/// What a picture begins with.
enum PictureStartOptions {
  /// Noise alone.
  case noise
  /// A picture.
  case picture(InitialPictureOptions)
  /// A picture, a part of which stays.
  case masked(InitialPictureOptions, MaskOptions)

  /// The picture, read; nil for none.
  var picture: InitialPicture? {
    get throws {
      switch self {
      case .noise: nil
      case .picture(let initial): try InitialPicture(initial)
      case .masked(let initial, let masking): try InitialPicture(initial, masking)
      }
    }
  }

  /// The picture's options; nil for none.
  var initial: InitialPictureOptions? {
    switch self {
    case .noise: nil
    case .picture(let initial), .masked(let initial, _): initial
    }
  }
}

/// The picture that another is made of.
struct InitialPictureOptions: ParsableArguments {
  @Option(
    name: [.customShort("i"), .customLong("init"), .customLong("init-img")],
    help: ArgumentHelp(
      "The picture to begin with, .png or .jpg, or latents as --save-latents writes them.",
      valueName: "image"))
  var picture: String

  @Option(
    help: ArgumentHelp(
      "How much of it is made anew, from above 0 to 1 (default: 0.75).", valueName: "s"))
  var strength: Double?

  @Option(
    help: ArgumentHelp(
      "What is done with a picture of another size: stretch, crop or fill.", valueName: "mode"))
  var resizeMode: PictureFit = .crop

  func validate() throws {
    if let strength, !(strength > 0 && strength <= 1) {
      throw ValidationError("--strength must be from above 0 to 1, not \(strength)")
    }
  }
}

/// Which part of a picture is painted.
struct MaskOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The mask: white is painted, black stays.", valueName: "image"))
  var mask: String

  @Flag(help: "Paint what is black, and keep what is white.")
  var invertMask = false

  @Flag(
    help:
      "Put the pixels that stay back in the end: the autoencoder changes them a little otherwise.")
  var pasteBack = false
}
extension PictureFit: ExpressibleByArgument {}
