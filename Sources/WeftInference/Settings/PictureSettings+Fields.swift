package import WeftTensors

extension PictureSettings {
  /// A setting by its name in files: one table for reading, writing and completing.
  struct Field: Sendable {
    /// The name of the option without its dashes.
    let name: String
    /// The value as JSON; nil when it is not set.
    let value: @Sendable (PictureSettings) -> JSONValue?
    /// Takes a value; false when it is of another kind.
    let set: @Sendable (JSONValue, inout PictureSettings) -> Bool

    /// Copies the value where there is one.
    func copy(from source: PictureSettings, to target: inout PictureSettings) {
      if let value = value(source) { _ = set(value, &target) }
    }
  }

  /// All settings, in the order in which they are written.
  static let fields: [Field] = [
    text("prompt", \.prompt), text("negative", \.negative), whole("width", \.width),
    whole("height", \.height), whole("steps", \.steps), number("cfg-scale", \.guidance),
    number("cfg-rescale", \.guidanceRescale), text("sampler", \.sampler),
    text("schedule", \.schedule), text("sampler-style", \.samplerStyle), number("eta", \.eta),
    whole("seed", \.seed), text("rng", \.noiseSource), whole("variation-seed", \.variationSeed),
    number("variation-strength", \.variationStrength),
    whole("eta-seed-delta", \.stepSeedOffset), whole("clip-skip", \.clipSkip),
    text("prompt-style", \.promptStyle), number("strength", \.strength),
    number("hires-scale", \.enlargement), text("hires-upscaler", \.enlargementMethod),
    number("hires-strength", \.enlargementStrength), whole("hires-steps", \.enlargementSteps),
    number("refiner-switch", \.refinerSwitch), whole("multidiffusion-stride", \.windowStride),
  ]

  private static func text(
    _ name: String, _ path: any WritableKeyPath<PictureSettings, String?> & Sendable
  ) -> Field {
    Field(name: name, value: { $0[keyPath: path].map { .string($0) } }) { value, settings in
      guard let text = value.text else { return false }
      settings[keyPath: path] = text
      return true
    }
  }

  private static func whole(
    _ name: String, _ path: any WritableKeyPath<PictureSettings, Int?> & Sendable
  ) -> Field {
    Field(name: name, value: { $0[keyPath: path].map { .integer($0) } }) { value, settings in
      guard let number = value.integer else { return false }
      settings[keyPath: path] = number
      return true
    }
  }

  private static func number(
    _ name: String, _ path: any WritableKeyPath<PictureSettings, Double?> & Sendable
  ) -> Field {
    Field(name: name, value: { $0[keyPath: path].map { .number($0) } }) { value, settings in
      guard let number = value.double else { return false }
      settings[keyPath: path] = number
      return true
    }
  }

  /// The settings as an object with a member for each that is set.
  package var json: JSONValue {
    .object(
      Self.fields.compactMap { field in
        field.value(self).map { JSONValue.Member(field.name, $0) }
      })
  }

  /// Reads settings; members that are not known are passed over, so that newer files can be read.
  ///
  /// - Throws: `InferenceError` for a value of another kind.
  package init(_ value: JSONValue, path: String) throws(InferenceError) {
    self.init()
    for field in Self.fields {
      guard let found = value[field.name], found != .null else { continue }
      guard field.set(found, &self) else {
        throw InferenceError(
          status: .badData, what: "'\(field.name)' is \(found.compactText)", place: path,
          advice: "the picture's settings were changed by another program: give them as options")
      }
    }
  }
}
