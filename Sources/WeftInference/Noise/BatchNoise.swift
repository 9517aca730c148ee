/// The noise of a batch of pictures: what they begin with, and what samplers add on the way.
///
/// A workflow that first draws something else, such as the sample of an encoded picture, draws it with `draw`.
/// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/rng.py
package final class BatchNoise: StepNoise {
  private let request: NoiseRequest
  private var generators: [any NoiseGenerator]
  private var trees: (range: ClosedRange<Double>, trees: [BrownianTree])?

  /// Makes the generators.
  package init(_ request: NoiseRequest) {
    self.request = request
    generators = request.seeds.map(request.generator)
  }

  /// The next numbers of every generator.
  ///
  /// - Parameter count: how many of each picture.
  /// - Returns: those of all pictures, one after the other.
  package func draw(_ count: Int) -> [Float] {
    var values: [Float] = []
    for index in generators.indices {
      values += generators[index].draw(count * request.picturesPerGenerator)
    }
    return values
  }

  /// What the pictures begin with; afterwards the seeds are others when the request says so.
  ///
  /// - Returns: `[N, C, h, w]`
  package func initial() -> [Float] {
    let noise = request.resizedFrom.map(resized) ?? request.varied(next(), shape: request.shape)
    if request.seedDelta != 0 {
      let delta = UInt64(bitPattern: request.seedDelta)
      generators = request.seeds.map { request.generator($0 &+ delta) }
    }
    return noise
  }

  package func next() -> [Float] { draw(request.shape.count) }

  package func between(
    _ sigma: Double, _ nextSigma: Double, within range: ClosedRange<Double>
  ) -> [Float] {
    let length = abs(sigma - nextSigma)
    guard length > 0 else {
      return [Float](repeating: 0, count: request.shape.count * request.pictureCount)
    }
    // A step goes down and the path goes up.
    let factor = Float((nextSigma < sigma ? -1 : 1) / length.squareRoot())
    return trees(range).flatMap { tree in
      tree.increment(min(sigma, nextSigma), max(sigma, nextSigma)).map { $0 * factor }
    }
  }

  /// Noise in whose middle stands that of a picture of another shape with the same seed.
  private func resized(from inner: LatentShape) -> [Float] {
    let centre = request.seeds.flatMap { seed in
      var generator = request.generator(seed)
      return generator.draw(inner.count * request.picturesPerGenerator)
    }
    let (varied, outer) = (request.varied(centre, shape: inner), next())
    return (0..<request.pictureCount).flatMap { picture in
      request.shape.centred(
        Array(varied[(picture * inner.count)..<((picture + 1) * inner.count)]), of: inner,
        in: Array(outer[(picture * request.shape.count)..<((picture + 1) * request.shape.count)]))
    }
  }

  private func trees(_ range: ClosedRange<Double>) -> [BrownianTree] {
    if let known = trees, known.range == range { return known.trees }
    let count = request.shape.count * request.picturesPerGenerator
    let made = request.seeds.map { BrownianTree(seed: $0, range: range, count: count) }
    trees = (range, made)
    return made
  }
}
