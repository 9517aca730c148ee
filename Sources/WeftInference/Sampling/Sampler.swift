/// A way from noise to a latent: a table of times, and a rule that goes from each to the next.
///
/// Latents are plain values, all pictures of a batch one after the other; a sampler treats every value alike.
package protocol Sampler: Sendable {
  /// The number of steps; a step may ask the network more than once.
  var stepCount: Int { get }

  /// The timestep at which a step first asks the network, from 0 up to below 1000; it need not be whole.
  func timestep(_ step: Int) -> Double

  /// By what unit noise is multiplied to begin at the first step.
  var initialScale: Double { get }

  /// A clean latent with noise as it should be where a step begins; at `stepCount` it is as it was.
  func noised(_ latent: [Float], _ noise: [Float], before step: Int) -> [Float]

  /// Takes one step; steps are taken in their order, from any one on, and a sampler may remember what it saw.
  ///
  /// - Parameters:
  ///   - step: from 0 up to below `stepCount`.
  ///   - latent: the latent where the step begins.
  ///   - noise: fresh noise, for samplers that add some.
  ///   - predict: what the network says of an input at a timestep, guidance included.
  /// - Returns: the latent where the next step begins.
  /// - Throws: what the network throws.
  mutating func step(
    _ step: Int, _ latent: [Float], _ noise: any StepNoise,
    predict: (_ input: [Float], _ timestep: Double) throws -> [Float]
  ) throws -> [Float]
}

extension Sampler {
  /// What a sampler asks of the network.
  typealias Predict = (_ input: [Float], _ timestep: Double) throws -> [Float]
}

/// Fresh unit noise for the steps of a sampler, of as many values as a latent of the batch has.
package protocol StepNoise: AnyObject {
  /// The next noise of the generators.
  func next() -> [Float]

  /// The noise of a Brownian path between two noise levels, the same whatever the steps are; the whole path goes between
  /// the levels of the range.
  func between(
    _ sigma: Double, _ nextSigma: Double, within range: ClosedRange<Double>
  ) -> [Float]
}
