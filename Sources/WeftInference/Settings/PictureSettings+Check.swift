import WeftTensors

extension PictureSettings {
  /// The sides of pictures that networks can halve in a latent, up to what memory holds.
  package static let sides = 64...8192
  /// More digits have no meaning, and sums with the pictures of a batch cannot overflow.
  private static let seeds = 0...(1 << 53)
  private static let steps = 1...1000

  /// Refuses numbers that no picture can be made with, wherever they come from.
  ///
  /// - Throws: for the first of them.
  func check() throws(InferenceError) {
    for (name, side) in [("width", width), ("height", height)] {
      guard let side, !Self.sides.contains(side) || side % LatentCoder.factor != 0 else { continue }
      throw Self.refusal(name, "\(side)", "a multiple of 8 from 64 to 8192")
    }
    try Self.check("steps", steps, Self.steps)
    try Self.check("hires-steps", enlargementSteps, Self.steps)
    try Self.check("seed", seed, Self.seeds)
    try Self.check("variation-seed", variationSeed, Self.seeds)
    try Self.check("eta-seed-delta", stepSeedOffset, -(1 << 53)...(1 << 53))
    try Self.check("clip-skip", clipSkip, 1...1000)
    try Self.check("cfg-scale", guidance, 0...100)
    try Self.check("cfg-rescale", guidanceRescale, 0...1)
    try Self.check("eta", eta, 0...1)
    try Self.check("variation-strength", variationStrength, 0...1)
    try Self.check("strength", strength, 1e-9...1)
    try Self.check("hires-scale", enlargement, 1...8)
    try Self.check("hires-strength", enlargementStrength, 1e-9...1)
    try Self.check("refiner-switch", refinerSwitch, 0...1)
    try Self.check("multidiffusion-stride", windowStride, 8...512)
  }

  /// Not a number is in no range.
  private static func check<Value: Comparable>(
    _ name: String, _ value: Value?, _ range: ClosedRange<Value>
  ) throws(InferenceError) {
    guard let value, !range.contains(value) else { return }
    throw refusal(name, "\(value)", "from \(range.lowerBound) to \(range.upperBound)")
  }

  private static func refusal(
    _ name: String, _ value: String, _ wanted: String
  ) -> InferenceError {
    InferenceError(
      status: .usage, what: "\(name) is \(value), but must be \(wanted)", advice: "give --\(name)")
  }
}
