import ArgumentParser

/// Paints a part of a picture anew.
struct InpaintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inpaint",
    abstract: "Paint a part of a picture anew.",
    discussion: """
      What is white in the mask is painted, what is black stays. Models for inpainting see the mask beside their latents; \
      with any other model what stays is put back after every step. All options are those of txt2img.
      """)

  @Argument(help: "The model.")
  var model: String

  @OptionGroup var initial: InitialPictureOptions
  @OptionGroup var masking: MaskOptions
  @OptionGroup var picture: PictureOptions

  func run() throws {
    try PictureJob(model, picture, .masked(initial, masking)).run()
  }
}
