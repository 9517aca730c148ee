package import WeftFormats
import WeftTensors

extension PictureRequest {
  /// The request that settings make, without guides.
  ///
  /// - Parameters:
  ///   - settings: complete ones.
  ///   - models: the models, by which samplers know how noise was added.
  ///   - library: what is known of models and samplers.
  ///   - start: what pictures begin with.
  ///   - pictureCount: how many are made, each with the next seed.
  /// - Throws: for names that are not known.
  package init(
    _ settings: PictureSettings, models: PictureModels, library: FormatLibrary,
    start: PictureStart = .noise, pictureCount: Int = 1
  ) throws {
    try settings.check()
    let size = PictureSize(width: settings.width ?? 0, height: settings.height ?? 0)
    self.init(
      prompt: settings.prompt ?? "", negative: settings.negative, size: size,
      sampling: try Sampling(settings, models, library),
      guidance: Guidance(scale: settings.guidance ?? 1, rescale: settings.guidanceRescale ?? 0),
      noise: try settings.noise(size, channels: models.latentChannelCount, pictureCount))
    text = try TextOptions(settings)
    window = windowed(settings, side: try models.usualSide(library))
    self.start = start
    if let scale = settings.enlargement, scale > 1 {
      enlargement = try settings.enlargement(of: size, by: scale)
    }
  }
}

/// The windows that settings ask for; nil for none.
private func windowed(_ settings: PictureSettings, side: Int) -> ViewWindow? {
  settings.windowStride.map {
    ViewWindow(side: side / LatentCoder.factor, stride: max(1, $0 / LatentCoder.factor))
  }
}

extension PictureSettings {
  fileprivate func noise(
    _ size: PictureSize, channels: Int, _ pictureCount: Int
  ) throws -> NoiseRequest {
    var request = NoiseRequest(
      seed: UInt64(max(0, seed ?? 0)), pictureCount: pictureCount,
      shape: LatentShape(
        channels: channels, height: size.height / LatentCoder.factor,
        width: size.width / LatentCoder.factor))
    if let noiseSource {
      guard let source = NoiseSource(rawValue: noiseSource) else {
        throw unknown("random numbers", noiseSource, NoiseSource.allCases.map(\.rawValue))
      }
      request.source = source
    }
    if let variationSeed, let variationStrength, variationStrength > 0 {
      request.variation = NoiseRequest.Variation(
        seed: UInt64(max(0, variationSeed)), strength: variationStrength)
    }
    request.seedDelta = Int64(stepSeedOffset ?? 0)
    return request
  }

  /// Sizes are rounded to multiples of 8.
  fileprivate func enlargement(of size: PictureSize, by scale: Double) throws -> Enlargement {
    func side(_ length: Int) -> Int {
      Int((Double(length) * scale / Double(LatentCoder.factor)).rounded()) * LatentCoder.factor
    }
    guard [size.width, size.height].allSatisfy({ Self.sides.contains(side($0)) }) else {
      throw InferenceError(
        status: .usage,
        what:
          "\(size.width) × \(size.height) pixels times \(scale) are more than \(Self.sides.upperBound)",
        place: "--hires-scale", advice: "make the picture less large")
    }
    let word = enlargementMethod ?? EnlargementName.latent.rawValue
    guard let name = EnlargementName(rawValue: word) else {
      throw unknown("way to make pictures larger", word, EnlargementName.allCases.map(\.rawValue))
    }
    return Enlargement(
      size: PictureSize(width: side(size.width), height: side(size.height)), method: name.method,
      strength: enlargementStrength ?? 0.7, stepCount: enlargementSteps)
  }

  fileprivate func unknown(_ what: String, _ name: String, _ known: [String]) -> InferenceError {
    InferenceError(
      status: .usage, what: "there are no \(what) '\(name)'", place: nil,
      advice: "there are \(known.joined(separator: ", "))")
  }
}
