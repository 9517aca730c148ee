import ArgumentParser

/// Makes a picture of a prompt.
struct Txt2ImgCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "txt2img",
    abstract: "Make a picture of a prompt.",
    discussion: """
      The model may be a whole checkpoint, a diffusers folder or a GGUF file with its text encoders and autoencoder; \
      --vae and --encoders supply what it lacks. The same model, options and seed give the same picture, and with \
      --backend reference the one that diffusers gives, up to rounding.

      The picture carries its settings as A1111 writes them, with the hashes by which Civitai knows models and adapters; \
      --from reads them again.
      """)

  @Argument(help: "The model.")
  var model: String

  @OptionGroup var picture: PictureOptions

  func run() throws {
    try PictureJob(model, picture, .noise).run()
  }
}
