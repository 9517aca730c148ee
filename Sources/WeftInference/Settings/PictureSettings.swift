/// How a picture is made, beside the models: what people set, with nil for what they leave to the model or to weft.
package struct PictureSettings: Sendable, Hashable {
  /// What is wanted.
  package var prompt: String?
  /// What is not wanted.
  package var negative: String?
  /// The pixels of a row.
  package var width: Int?
  /// The pixels of a column.
  package var height: Int?
  /// The steps of the whole way from noise to a picture.
  package var steps: Int?
  /// How strongly the prompt guides; 1 leaves out what is not wanted.
  package var guidance: Double?
  /// How far guided predictions get their contrast back, from 0 to 1.
  package var guidanceRescale: Double?
  /// The sampler's name.
  package var sampler: String?
  /// The schedule's name.
  package var schedule: String?
  /// Whose definition of samplers is meant.
  package var samplerStyle: String?
  /// How much fresh noise samplers with a choice add.
  package var eta: Double?
  /// The seed of the first picture.
  package var seed: Int?
  /// Whose random numbers are drawn.
  package var noiseSource: String?
  /// The seed of another noise that is mixed in.
  package var variationSeed: Int?
  /// The share of the other noise.
  package var variationStrength: Double?
  /// What is added to the seed for the noise of the steps.
  package var stepSeedOffset: Int?
  /// From which layer of the text encoder on the end states are taken, 1 for the last.
  package var clipSkip: Int?
  /// How prompts are read.
  package var promptStyle: String?
  /// The share of the steps that change a picture that is given.
  package var strength: Double?
  /// By how much the picture is made larger for a second run.
  package var enlargement: Double?
  /// How it is made larger.
  package var enlargementMethod: String?
  /// The share of the steps of the second run.
  package var enlargementStrength: Double?
  /// The steps of the second run's whole way.
  package var enlargementSteps: Int?
  /// The way from one window to the next where a picture is painted through windows, in pixels.
  package var windowStride: Int?
  /// The share of the way after which the refiner takes over.
  package var refinerSwitch: Double?

  /// Leaves everything open.
  package init() {}

  /// These settings, and those of `other` where nothing is set.
  package func completed(by other: PictureSettings) -> PictureSettings {
    var result = other
    for field in Self.fields { field.copy(from: self, to: &result) }
    return result
  }
}
