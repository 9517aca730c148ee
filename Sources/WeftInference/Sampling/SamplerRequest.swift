/// Which sampler is wanted, and how.
package struct SamplerRequest: Sendable {
  /// The sampler, as `formats/samplers.json` names it.
  package var sampler: String
  /// How noise levels are chosen; nil for what the sampler's name alone means.
  package var schedule: NamedSchedule?
  /// Whose conventions; nil for the sampler's usual ones.
  package var style: SamplerStyle?
  /// The number of steps.
  package var stepCount: Int
  /// How much of the noise is fresh in each step, from 0 to 1; nil for what is usual.
  package var eta: Double?
  /// The standard deviation of fresh noise, `s_noise`.
  package var noiseScale = 1.0
  /// Noise that is added before steps.
  package var churn = Churn(0)
  /// How much of the way latent consistency goes, from above 0 to 1.
  package var strength = 1.0
  /// Whether fresh noise is that of one Brownian path; nil for what the style has.
  package var isBrownian: Bool?
  /// Whether the last noise level but the end is left out; nil for what A1111 and ComfyUI do.
  package var dropsPenultimate: Bool?
  /// What the model's own scheduler says.
  package var options = SchedulerOptions()

  /// Makes a request for a sampler by its name in `formats/samplers.json`.
  package init(
    sampler: String, schedule: NamedSchedule? = nil, style: SamplerStyle? = nil, stepCount: Int
  ) {
    (self.sampler, self.schedule, self.style) = (sampler, schedule, style)
    self.stepCount = stepCount
  }
}

/// What a `scheduler_config.json` says besides how much noise there is at each timestep.
package struct SchedulerOptions: Sendable {
  /// How steps are spread over the timesteps; nil for what the sampler has.
  package var spacing: TimestepSpacing?
  /// What is added to timesteps that are counted from the first up.
  package var stepsOffset = 0
  /// Whether the last step of DDIM ends without noise, and not with what timestep 0 has; nil for what the sampler has.
  package var endsClean: Bool?
  /// How large values of clean latents can be; nil for any size.
  package var clipRange: Double?
  /// How many predictions a step looks at; nil for what the sampler has.
  package var order: Int?
  /// How the second order is taken; nil for what the sampler has.
  package var solver: String?
  /// Whether the last ones of few steps are of lower order.
  package var lowersLastOrders = true
  /// Whether the last step is of order 1.
  package var isEulerAtEnd = false
  /// Where the last step ends; nil for what the sampler has.
  package var finalSigma: FinalSigma?
  /// Whether PNDM begins with half a step and not with three of Runge and Kutta's.
  package var skipsRungeKutta = true
  /// Of how many steps those of latent consistency are taken.
  package var originalStepCount = 50
  /// By what latent consistency multiplies timesteps.
  package var timestepScale = 10.0

  /// What Stable Diffusion has where nothing else is said.
  package init() {}
}
