import ArgumentParser

/// What is read and written beside the models.
struct PictureFileOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The picture, .png or .jpg; those of a batch after the first get _2, _3 and so on.",
      valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Take the settings of a picture that weft or A1111 made; options that are given come first.",
      valueName: "image"))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "Write the latents as they are before they are decoded.", valueName: "file"))
  var saveLatents: String?

  @Option(
    help: ArgumentHelp(
      "Write the latents after every step: latents.step0 and so on.",
      valueName: "file"))
  var saveSteps: String?

  @Option(
    help: ArgumentHelp(
      "Begin with this unit noise, 'latents' of [N, C, H/8, W/8].", valueName: "file"))
  var latents: String?

  @Option(
    help: ArgumentHelp(
      "Keep a preview of the first picture here while it is made; needs a --taesd.",
      valueName: "file"))
  var preview: String?

  @Option(help: ArgumentHelp("Renew the preview every so many steps.", valueName: "n"))
  var previewInterval = 1

  @Option(help: ArgumentHelp("The quality of .jpg files, from 1 to 100.", valueName: "q"))
  var jpegQuality = 95

  static let endings = [".png", ".jpg", ".jpeg"]

  func validate() throws {
    for path in [output] + (preview.map { [$0] } ?? []) {
      guard Self.endings.contains(where: { path.lowercased().hasSuffix($0) }) else {
        throw ValidationError(
          "'\(path)' must end in .png, .jpg or .jpeg, which are what is written")
      }
    }
    for path in [saveLatents, saveSteps].compactMap({ $0 }) where !path.hasSuffix(".safetensors") {
      throw ValidationError("'\(path)' must end in .safetensors, which is what is written")
    }
    guard previewInterval > 0 else { throw ValidationError("--preview-interval must be 1 or more") }
    guard (1...100).contains(jpegQuality) else {
      throw ValidationError("--jpeg-quality must be from 1 to 100, not \(jpegQuality)")
    }
  }

  /// The files of so many pictures.
  func outputs(count: Int) -> [String] {
    (0..<count).map { index in
      guard index > 0, let dot = output.lastIndex(of: ".") else { return output }
      return output[..<dot] + "_\(index + 1)" + output[dot...]
    }
  }
}
