package import WeftFormats
package import WeftNetworks
import WeftTensors

/// What a `scheduler_config.json` of diffusers says: the sampler, and how much noise there is at each timestep.
///
/// Source: https://github.com/huggingface/diffusers/tree/v0.42.1/src/diffusers/schedulers
package struct SchedulerConfiguration: Sendable {
  /// How much noise there is at each timestep, and what the network predicts.
  package let noise: NoiseSchedule
  private let sampler: String
  private let schedule: NamedSchedule?
  /// What it says for samplers, whichever is chosen.
  package let options: SchedulerOptions

  /// Reads a file.
  ///
  /// - Throws: for schedulers and variants that are not known.
  package init(_ file: NetworkConfiguration, _ catalog: SamplerCatalog) throws {
    let description = try Self.description(file, catalog)
    try Self.refuseVariants(file)
    noise = try NoiseSchedule(file)
    sampler = description.id
    schedule = try Self.schedule(file)
    options = try Self.options(file, description)
  }

  /// The sampler that the file names, with so many steps.
  package func request(stepCount: Int) -> SamplerRequest {
    var request = SamplerRequest(
      sampler: sampler, schedule: schedule, style: .diffusers, stepCount: stepCount)
    request.options = options
    return request
  }

  /// A sampler for the same model, with so many steps.
  ///
  /// The options that belong to the file's own sampler, such as its order, stay behind when it is another.
  package func request(
    sampler: SamplerDescription, schedule: NamedSchedule?, stepCount: Int
  ) -> SamplerRequest {
    var request = SamplerRequest(sampler: sampler.id, schedule: schedule, stepCount: stepCount)
    guard sampler.id != self.sampler else {
      request.options = options
      return request
    }
    request.options.spacing = options.spacing
    request.options.stepsOffset = options.stepsOffset
    request.options.endsClean = options.endsClean
    request.options.clipRange = options.clipRange
    return request
  }

  private static func description(
    _ file: NetworkConfiguration, _ catalog: SamplerCatalog
  ) throws -> SamplerDescription {
    let known = catalog.samplers.compactMap(\.className)
    guard let name = try file.text("_class_name") else {
      throw file.wrong("_class_name", "the name of a scheduler of diffusers")
    }
    let candidates = catalog.samplers.filter { $0.className == name }
    guard let first = candidates.first else {
      throw SamplerError(
        status: .badData, what: "the scheduler '\(name)' is not known", place: file.place,
        advice: "choose a sampler; \(NearestName.advice(name, among: known))")
    }
    guard first.algorithm != nil, let algorithm = try file.text("algorithm_type") else {
      return first
    }
    guard let found = candidates.first(where: { $0.algorithm == algorithm }) else {
      let algorithms = candidates.compactMap(\.algorithm).joined(separator: " or ")
      throw file.wrong("algorithm_type", algorithms)
    }
    return found
  }

  /// Refuses what would change what is computed.
  private static func refuseVariants(_ file: NetworkConfiguration) throws {
    try file.require([
      "thresholding": .bool(false), "use_flow_sigmas": .bool(false),
      "use_dynamic_shifting": .bool(false), "lambda_min_clipped": .null, "solver_p": .null,
      "disable_corrector": .array([]), "predict_x0": .bool(true), "sigma_min": .null,
      "sigma_max": .null, "tau_func": .null, "predictor_order": .integer(2),
      "corrector_order": .integer(2),
    ])
    try file.require("interpolation_type", ["linear"])
    try file.require("timestep_type", ["discrete"])
    try file.require("variance_type", ["fixed_small"])
  }

  private static func schedule(_ file: NetworkConfiguration) throws -> NamedSchedule? {
    let curves: KeyValuePairs<String, NamedSchedule> = [
      "use_karras_sigmas": .karras, "use_exponential_sigmas": .exponential,
      "use_beta_sigmas": .beta, "use_lu_lambdas": .lu,
    ]
    let chosen = try curves.filter { try file.flag($0.key) ?? false }
    guard chosen.count < 2 else {
      throw file.wrong(chosen[1].key, "false where '\(chosen[0].key)' is true")
    }
    return chosen.first?.value
  }

  private static func options(
    _ file: NetworkConfiguration, _ description: SamplerDescription
  ) throws -> SchedulerOptions {
    var options = SchedulerOptions()
    // Another scheduler of diffusers that is made of the file gets what the file's own would have.
    let isOfTimesteps = SamplerRule(rawValue: description.rule)?.isOfTimesteps ?? false
    options.spacing =
      try choice(file, "timestep_spacing") ?? (isOfTimesteps ? .leading : .linspace)
    options.finalSigma = try choice(file, "final_sigmas_type")
    options.stepsOffset = try file.index("steps_offset") ?? 0
    options.endsClean = try file.flag("set_alpha_to_one")
    // diffusers clips pictures, not latents, where a file does not say otherwise.
    let clipsUsually = description.rule == "ddim" || description.rule == "ddpm"
    if try file.flag("clip_sample") ?? clipsUsually {
      options.clipRange = try file.exactNumber("clip_sample_range") ?? 1
    }
    options.lowersLastOrders = try file.flag("lower_order_final") ?? true
    options.isEulerAtEnd = try file.flag("euler_at_final") ?? false
    options.skipsRungeKutta = try file.flag("skip_prk_steps") ?? false
    options.originalStepCount = try file.count("original_inference_steps") ?? 50
    options.timestepScale = try file.exactNumber("timestep_scaling") ?? 10
    if description.order != nil { options.order = try file.count("solver_order") }
    options.solver = try solver(file, description)
    return options
  }

  /// The solver's name; diffusers takes those of its other schedulers for the usual one.
  private static func solver(
    _ file: NetworkConfiguration, _ description: SamplerDescription
  ) throws -> String? {
    try file.require("solver_type", ["midpoint", "heun", "logrho", "bh1", "bh2"])
    guard let name = try file.text("solver_type") else { return nil }
    let own: [String] =
      switch description.rule {
      case "dpm-multistep", "dpm-singlestep": ["midpoint", "heun"]
      case "unipc": ["bh1", "bh2"]
      default: []
      }
    return own.contains(name) ? name : nil
  }

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ file: NetworkConfiguration, _ key: String
  ) throws -> Choice? where Choice.RawValue == String {
    try file.require(key, Choice.allCases.map(\.rawValue))
    return try file.text(key).flatMap(Choice.init(rawValue:))
  }
}
