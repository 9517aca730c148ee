package import WeftNetworks
import WeftFormats

extension SamplerCatalog {
  /// Makes a sampler.
  ///
  /// - Throws: for what the sampler cannot do: another style, more steps than there are timesteps, and the like.
  package func make(_ request: SamplerRequest, _ schedule: NoiseSchedule) throws -> any Sampler {
    let description = try description(request.sampler)
    let plan = try SamplerPlan(request, description, schedule)
    return try plan.rule.isOfTimesteps ? plan.timestepSampler() : plan.tableSampler()
  }
}

/// The formulas, as `formats/samplers.json` names them.
enum SamplerRule: String {
  case euler
  case eulerAncestral = "euler-ancestral"
  case heun
  case dpm2
  case dpm2Ancestral = "dpm2-ancestral"
  case lms
  case dpmMultistep = "dpm-multistep"
  case dpmSinglestep = "dpm-singlestep"
  case dpm2SAncestral = "dpm-2s-ancestral"
  case dpmSDE = "dpm-sde"
  case unipc
  case deis
  case sa
  case ddim
  case ddpm
  case pndm
  case lcm
  case tcd

  /// Whether it knows nothing but whole timesteps.
  var isOfTimesteps: Bool {
    switch self {
    case .ddim, .ddpm, .pndm, .lcm, .tcd: true
    default: false
    }
  }

  /// Whether it takes few of the steps that a model was distilled from.
  var isOfConsistency: Bool { self == .lcm || self == .tcd }

  /// Whether the picture's factor is 1 on the way in either style.
  var isExploding: Bool {
    switch self {
    case .euler, .eulerAncestral, .heun, .dpm2, .dpm2Ancestral, .lms, .dpm2SAncestral, .dpmSDE:
      true
    default: false
    }
  }

  /// Which of diffusers' tables it has.
  var table: DiffusersTable {
    switch self {
    case .dpm2, .dpm2Ancestral: .roundedEuler
    default: isExploding ? .euler : .solver
    }
  }
}
