import ArgumentParser

/// Makes a picture of a picture.
struct Img2ImgCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "img2img",
    abstract: "Make a picture of a picture.",
    discussion: """
      The picture's latents get noise for a part of the steps, --strength, and are denoised from there. The result has the \
      picture's size, cut to multiples of 8, unless --width and --height are given. All options are those of txt2img.
      """)

  @Argument(help: "The model.")
  var model: String

  @OptionGroup var initial: InitialPictureOptions
  @OptionGroup var picture: PictureOptions

  func run() throws {
    try PictureJob(model, picture, .picture(initial)).run()
  }
}
