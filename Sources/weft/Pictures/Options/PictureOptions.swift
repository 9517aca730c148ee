import ArgumentParser
import WeftInference

/// The options of all commands that make a picture.
struct PictureOptions: ParsableArguments {
  @OptionGroup(title: "Prompt") var prompt: PromptOptions

  @Option(
    name: [.customShort("W"), .long],
    help: ArgumentHelp(
      "The pixels of a row, a multiple of 8 (default: the model's own size).", valueName: "n"))
  var width: Int?

  @Option(
    name: [.customShort("H"), .long],
    help: ArgumentHelp(
      "The pixels of a column, a multiple of 8 (default: the model's own size).", valueName: "n"))
  var height: Int?

  @Flag(
    help: ArgumentHelp(
      "Look at the picture by turns through windows of the model's own size (MultiDiffusion).",
      discussion:
        "For pictures larger than a model can make at once; each step takes as many runs as there are windows."
    ))
  var multidiffusion = false

  @Option(
    help: ArgumentHelp(
      "The way from one window of --multidiffusion to the next, in pixels (default: 64).",
      valueName: "n"))
  var windowStride: Int?

  @OptionGroup(title: "Sampling") var sampling: SamplingOptions
  @OptionGroup(title: "Models") var models: PictureModelOptions
  @OptionGroup(title: "Guides") var guides: GuideOptions
  @OptionGroup(title: "Larger pictures and refiners") var larger: LargerOptions
  @OptionGroup(title: "Files") var files: PictureFileOptions
  @OptionGroup(title: "Computing") var computing: ComputingOptions<QuickComputing>
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    if let windowStride, !(8...512).contains(windowStride) || windowStride % 8 != 0 {
      throw ValidationError(
        "--window-stride must be a multiple of 8 from 8 to 512, not \(windowStride)")
    }
    if windowStride != nil, !multidiffusion {
      throw ValidationError("--window-stride is for --multidiffusion")
    }
    if files.preview != nil, models.taesd == nil {
      throw ValidationError("--preview is decoded by a tiny autoencoder: add --taesd PATH")
    }
    if multidiffusion, !guides.controlnet.isEmpty || !guides.t2iAdapter.isEmpty {
      throw ValidationError("--multidiffusion takes no ControlNets and no T2I-Adapters")
    }
    for (name, side) in [("width", width), ("height", height)] {
      if let side, !PictureSettings.sides.contains(side) || side % 8 != 0 {
        let near = min(
          max((side + 4) / 8 * 8, PictureSettings.sides.lowerBound),
          PictureSettings.sides.upperBound)
        throw ValidationError(
          "--\(name) must be a multiple of 8 from \(PictureSettings.sides.lowerBound) to \(PictureSettings.sides.upperBound), not \(side): try \(near)"
        )
      }
    }
  }

  /// The files beside the models that are read.
  var readPaths: [String] {
    let paths: [String?] = [
      files.from, files.latents, guides.clipVision, larger.refiner, computing.calibration,
    ]
    return paths.compactMap { $0 } + prompt.embedding + guides.controlnet + guides.controlImage
      + guides.ipAdapter + guides.ipImage + guides.t2iAdapter + guides.t2iImage
  }

  /// What was set on the command line.
  var settings: PictureSettings {
    get throws {
      var settings = PictureSettings()
      settings.width = width
      settings.height = height
      settings.windowStride = multidiffusion ? windowStride ?? 64 : nil
      try prompt.apply(to: &settings)
      sampling.apply(to: &settings)
      larger.apply(to: &settings)
      return settings
    }
  }
}
