package import WeftFormats

extension PictureSettings {
  /// What is usual where nothing else is said.
  static let usual: PictureSettings = {
    var settings = PictureSettings()
    settings.prompt = ""
    settings.steps = 20
    settings.guidance = 7
    settings.seed = 42
    settings.promptStyle = PromptStyle.a1111.rawValue
    settings.noiseSource = NoiseSource.torch.rawValue
    return settings
  }()

  /// The settings with what the models and weft would choose for what is open.
  ///
  /// - Parameters:
  ///   - models: the models.
  ///   - startSize: the size of a picture that is given; nil for none.
  ///   - library: what is known of models.
  /// - Returns: settings for `PictureRequest`.
  /// - Throws: when the models' own files cannot be read.
  package func completed(
    for models: PictureModels, startSize: PictureSize? = nil, library: FormatLibrary
  ) throws -> PictureSettings {
    var result = completed(by: .usual)
    let side = startSize == nil ? try models.usualSide(library) : 0
    result.width = width ?? startSize?.width ?? side
    result.height = height ?? startSize?.height ?? side
    if startSize != nil { result.strength = strength ?? 0.75 }
    if enlargement != nil {
      result.enlargementMethod = enlargementMethod ?? EnlargementName.latent.rawValue
      result.enlargementStrength = enlargementStrength ?? 0.7
    }
    return result
  }
}
