extension PictureSettings {
  /// The settings as A1111 writes them.
  ///
  /// - Parameters:
  ///   - sampling: the sampler and schedule that were taken.
  ///   - pictureIndex: the place in the batch, which the seed counts.
  ///   - version: the program's name and version.
  /// - Returns: the parameters without hashes.
  package func parameters(
    _ sampling: Sampling, pictureIndex: Int = 0, version: String
  ) -> GenerationParameters {
    func number(_ value: Double?) -> String? { value.map(GenerationParameters.number) }
    var parameters = GenerationParameters(prompt: prompt ?? "", negativePrompt: negative ?? "")
    parameters["Steps"] = String(sampling.stepCount)
    parameters["Sampler"] = sampling.title
    parameters["Schedule type"] = sampling.scheduleTitle
    parameters["CFG scale"] = number(guidance)
    parameters["Seed"] = seed.map { String($0 + seedOffset(pictureIndex)) }
    parameters["Size"] = "\(width ?? 0)x\(height ?? 0)"
    parameters["Denoising strength"] = number(enlargementStrength ?? strength)
    parameters["Clip skip"] = clipSkip.map(String.init)
    parameters["Variation seed"] = variationSeed.map { String($0 + pictureIndex) }
    parameters["Variation seed strength"] = number(variationStrength)
    parameters["Hires upscale"] = number(enlargement)
    parameters["Hires steps"] = enlargementSteps.map(String.init)
    parameters["Hires upscaler"] = enlargementMethod
    parameters["ENSD"] = stepSeedOffset.map(String.init)
    parameters["Eta"] = number(eta)
    parameters["RNG"] = noiseSource == NoiseSource.philox.rawValue ? "NV" : "CPU"
    parameters["Version"] = version
    return parameters
  }

  /// A batch with a variation counts its seed, not the main one.
  private func seedOffset(_ pictureIndex: Int) -> Int {
    (variationStrength ?? 0) > 0 ? 0 : pictureIndex
  }

  /// The settings that A1111 wrote; what it does not write is as it has it by itself.
  package init(_ parameters: GenerationParameters) {
    self.init()
    prompt = parameters.prompt
    negative = parameters.negativePrompt
    steps = parameters.steps
    sampler = parameters.sampler
    schedule = parameters.schedule.map { $0.lowercased() }
    guidance = parameters.guidanceScale
    seed = parameters["Seed"].flatMap { Int($0) }
    width = parameters.size?.width
    height = parameters.size?.height
    clipSkip = parameters.clipSkip
    variationSeed = parameters["Variation seed"].flatMap { Int($0) }
    variationStrength = parameters["Variation seed strength"].flatMap { Double($0) }
    stepSeedOffset = parameters["ENSD"].flatMap { Int($0) }
    enlargement = parameters["Hires upscale"].flatMap { Double($0) }
    enlargementSteps = parameters["Hires steps"].flatMap { Int($0) }
    if enlargement == nil { strength = parameters.denoisingStrength }
    enlargementStrength = enlargement == nil ? nil : parameters.denoisingStrength
    noiseSource = (parameters["RNG"] == "CPU" ? NoiseSource.torch : .philox).rawValue
    samplerStyle = SamplerStyle.kDiffusion.rawValue
    promptStyle = PromptStyle.a1111.rawValue
  }
}
