/// Whose conventions a sampler follows where they differ.
package enum SamplerStyle: String, Sendable, CaseIterable {
  /// Those of diffusers' schedulers.
  case diffusers
  /// Those of k-diffusion, which A1111 and ComfyUI share.
  case kDiffusion = "k-diffusion"
}

/// Which of diffusers' ways to make a table a scheduler has.
enum DiffusersTable: Sendable {
  /// Euler and its like: curves go between the first and the last of the spaced levels.
  case euler
  /// The same with Karras' timesteps rounded, as KDPM2 has them.
  case roundedEuler
  /// DPM-Solver and its like: curves go over the whole table, and timesteps are whole.
  case solver
}

/// Where the last step of a sampler ends.
package enum FinalSigma: String, Sendable, CaseIterable {
  /// Without noise.
  case zero
  /// At the least noise of the table.
  case least = "sigma_min"
}

/// What decides a table besides the number of steps.
struct TableTerms: Sendable {
  let levels: SigmaTable
  let denoiser: Denoiser
  let frame: LatentFrame
  let schedule: NamedSchedule
  let spacing: TimestepSpacing
  let offset: Int
}

extension StepTable {
  /// The table of k-diffusion, A1111 and ComfyUI; nil for spaced timesteps.
  ///
  /// With `dropsPenultimate` there is one level more, the last of which is left out.
  init?(_ terms: TableTerms, count: Int, dropsPenultimate: Bool) {
    let wanted = dropsPenultimate ? count + 1 : count
    guard let exact = terms.schedule.sigmas(wanted, terms.levels)?.prefix(count) else {
      return nil
    }
    let sigmas = exact.map { Double(Float($0)) }
    self.init(
      sigmas: sigmas + [0], timesteps: sigmas.map(terms.levels.timestep), frame: terms.frame,
      initialScale: terms.frame == .exploding ? sigmas[0] : 1, levels: terms.levels,
      denoiser: terms.denoiser)
  }

  /// The table of one of diffusers' schedulers.
  init(_ terms: TableTerms, count: Int, _ kind: DiffusersTable, final: FinalSigma) {
    let (sigmas, timesteps) = kind.steps(terms, count)
    // The spaced schedulers that start below the noisiest timestep mix as much of the picture in as is there.
    let greatest = sigmas.max() ?? 0
    let scale = terms.spacing == .leading ? (greatest * greatest + 1).squareRoot() : greatest
    self.init(
      sigmas: sigmas + [final == .zero ? 0 : terms.levels.least], timesteps: timesteps,
      frame: terms.frame, initialScale: terms.frame == .exploding ? scale : 1, levels: terms.levels,
      denoiser: terms.denoiser)
  }
}

extension DiffusersTable {
  fileprivate func steps(
    _ terms: TableTerms, _ count: Int
  ) -> (sigmas: [Double], timesteps: [Double]) {
    let levels = terms.levels
    let spaced =
      self == .solver
      ? terms.spacing.solverTimesteps(count, of: levels.count, offset: terms.offset)
      : terms.spacing.evenTimesteps(count, of: levels.count, offset: terms.offset)
    let sigmas = spaced.map { Double(Float(levels.sigma($0))) }
    guard let curve = terms.schedule.curve else { return (sigmas, spaced) }
    let (greatest, least) =
      self == .solver ? (levels.greatest, levels.least) : (sigmas[0], sigmas[count - 1])
    let curved = curve.sigmas(count, from: greatest, to: least)
    return (
      curved.map { Double(Float($0)) }, curved.map { whole(levels.timestep(sigma: $0), terms) }
    )
  }

  private func whole(_ timestep: Double, _ terms: TableTerms) -> Double {
    switch (self, terms.schedule) {
    case (.euler, _): timestep
    case (.roundedEuler, let schedule):
      schedule == .karras ? timestep.rounded(.toNearestOrEven) : timestep
    case (.solver, .karras), (.solver, .lu): timestep.rounded(.toNearestOrEven)
    case (.solver, _): timestep.rounded(.down)
    }
  }
}
