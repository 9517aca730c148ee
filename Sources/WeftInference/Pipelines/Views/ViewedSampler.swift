/// A sampler for each of the windows that cover latents; what they make is averaged after every step.
///
/// One window is the usual way. Source: https://arxiv.org/abs/2302.08113, section 4.1
struct ViewedSampler {
  /// What a network says of a window's latents.
  typealias Predict = (_ latents: Latents, _ timestep: Double) throws -> [Float]

  private let views: [LatentView]
  private var samplers: [any Sampler]

  /// Gives each window a sampler of its own, which remembers what it saw.
  init(_ sampler: any Sampler, views: [LatentView]) {
    self.views = views
    samplers = views.map { _ in sampler }
  }

  /// Takes a step in every window.
  mutating func step(
    _ step: Int, _ latents: Latents, _ noise: any StepNoise, predict: Predict
  ) throws -> Latents {
    guard views.count > 1 else {
      return latents.with(
        try samplers[0].step(step, latents.values, noise) { input, timestep in
          try predict(latents.with(input), timestep)
        })
    }
    let shared = SharedNoise(noise, latents)
    var sum = latents.with([Float](repeating: 0, count: latents.values.count))
    var counts = sum.values
    for (index, view) in views.enumerated() {
      let part = view.part(of: latents)
      let values = try samplers[index].step(step, part.values, shared.seen(by: view)) {
        input, timestep in
        try predict(part.with(input), timestep)
      }
      view.add(values, to: &sum, &counts)
    }
    return sum.with(zip(sum.values, counts).map { $0 / $1 })
  }
}

/// The noise of one step, of which each window sees its part.
private final class SharedNoise {
  private let noise: any StepNoise
  private let latents: Latents
  private var draws: [[Float]] = []
  private var paths: [String: [Float]] = [:]

  init(_ noise: any StepNoise, _ latents: Latents) { (self.noise, self.latents) = (noise, latents) }

  /// The noise for a window, which begins anew for each of them.
  func seen(by view: LatentView) -> any StepNoise { Part(self, view) }

  private func draw(_ index: Int) -> Latents {
    while draws.count <= index { draws.append(noise.next()) }
    return latents.with(draws[index])
  }

  private func path(_ sigma: Double, _ next: Double, _ range: ClosedRange<Double>) -> Latents {
    let key = "\(sigma) \(next)"
    let values = paths[key] ?? noise.between(sigma, next, within: range)
    paths[key] = values
    return latents.with(values)
  }

  private final class Part: StepNoise {
    private let shared: SharedNoise
    private let view: LatentView
    private var count = 0

    init(_ shared: SharedNoise, _ view: LatentView) { (self.shared, self.view) = (shared, view) }

    func next() -> [Float] {
      count += 1
      return view.part(of: shared.draw(count - 1)).values
    }

    func between(
      _ sigma: Double, _ nextSigma: Double, within range: ClosedRange<Double>
    ) -> [Float] {
      view.part(of: shared.path(sigma, nextSigma, range)).values
    }
  }
}
