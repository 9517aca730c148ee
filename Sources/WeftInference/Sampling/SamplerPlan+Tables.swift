import WeftFormats
import WeftNetworks

extension SamplerPlan {
  /// A sampler whose steps go between the noise levels of a table.
  func tableSampler() throws -> any Sampler {
    let table = try table()
    let scale = request.noiseScale
    let churn = request.churn
    switch rule {
    case .euler: return EulerSampler(table: table, churn: churn, noiseScale: scale)
    case .eulerAncestral:
      return EulerAncestralSampler(
        table: table, eta: eta, noiseScale: scale, drawsAlways: style == .diffusers)
    case .heun: return HeunSampler(table: table, churn: churn, noiseScale: scale)
    case .dpm2: return DPM2Sampler(table: table, eta: 0, churn: churn, noiseScale: scale)
    case .dpm2Ancestral:
      return DPM2Sampler(table: table, eta: eta, churn: Churn(0), noiseScale: scale)
    case .lms: return LMSSampler(table: table, order: order)
    case .dpm2SAncestral: return DPM2SAncestralSampler(table: table, eta: eta, noiseScale: scale)
    case .dpmSDE: return DPMSDESampler(table: table, eta: eta, freshNoise: freshNoise)
    default: return try solver(table)
    }
  }

  private func solver(_ table: StepTable) throws -> any Sampler {
    let lowersFew = request.options.lowersLastOrders && style == .diffusers
    switch rule {
    case .dpmSinglestep: return DPMSinglestepSampler(table: table, form: try form())
    case .unipc:
      return UniPCSampler(
        table: table, order: order, form: try functionForm(table),
        lowersLastOrders: request.options.lowersLastOrders)
    case .deis:
      return DEISSampler(
        table: table, order: order,
        lastOrders: LastOrders(lowersFew: lowersFew, lowersLast: false))
    case .sa:
      return SASolverSampler(table: table, lowersLastOrders: request.options.lowersLastOrders)
    default:
      return DPMMultistepSampler(
        table: table, order: order, form: try form(), eta: eta, freshNoise: freshNoise,
        lastOrders: LastOrders(lowersFew: lowersFew, lowersLast: request.options.isEulerAtEnd))
    }
  }

  private var freshNoise: FreshNoise {
    // diffusers' DPM-Solver draws anew for each step; only its DPMSolverSDE walks along a path.
    let isUsual = description.isBrownian && (style == .kDiffusion || rule == .dpmSDE)
    return FreshNoise(
      isBrownian: request.isBrownian ?? isUsual, drawsAlways: style == .diffusers,
      scale: request.noiseScale)
  }

  private func form() throws -> SolverForm {
    let name = request.options.solver ?? description.solver ?? SolverForm.midpoint.rawValue
    guard let form = SolverForm(rawValue: name) else {
      throw SamplerError.usage(
        "\(description.title) has no solver '\(name)'", advice: "use midpoint or heun")
    }
    return form
  }

  private func functionForm(_ table: StepTable) throws -> UniPCSampler.Form {
    let name = request.options.solver ?? description.solver ?? UniPCSampler.Form.bh2.rawValue
    guard let form = UniPCSampler.Form(rawValue: name) else {
      throw SamplerError.usage(
        "\(description.title) has no solver '\(name)'", advice: "use bh2 or bh1")
    }
    guard form == .bh2 || table.sigmas.last != 0 else {
      throw SamplerError.usage(
        "UniPC with bh1 has no last step that ends without noise",
        advice: "use bh2, or end at the least noise")
    }
    return form
  }

  private func table() throws -> StepTable {
    let frame: LatentFrame = rule.isExploding || style == .kDiffusion ? .exploding : .preserving
    let options = request.options
    let terms = TableTerms(
      levels: SigmaTable(noise, style), denoiser: Denoiser(target: noise.target), frame: frame,
      schedule: schedule, spacing: schedule.spacing ?? options.spacing ?? .linspace,
      offset: options.stepsOffset)
    let table =
      named(terms)
      ?? StepTable(
        terms, count: request.stepCount, rule.table, final: options.finalSigma ?? usualEnd)
    let starts = table.sigmas.dropLast()
    guard zip(starts, starts.dropFirst()).allSatisfy({ $0 > $1 }),
      table.timesteps.allSatisfy({ (0...Double(timestepCount - 1)).contains($0) })
    else { throw tooMany() }
    return table
  }

  /// The table of k-diffusion, in its style and for schedules that diffusers has not.
  private func named(_ terms: TableTerms) -> StepTable? {
    guard style == .kDiffusion || !schedule.isOfDiffusers else { return nil }
    let drops = request.dropsPenultimate ?? (description.dropsPenultimate && style == .kDiffusion)
    return StepTable(terms, count: request.stepCount, dropsPenultimate: drops)
  }

  private var usualEnd: FinalSigma { rule == .deis || rule == .sa ? .least : .zero }
}

extension NamedSchedule {
  /// Whether diffusers has it, with conventions of its own.
  var isOfDiffusers: Bool {
    switch self {
    case .spaced, .leading, .linspace, .trailing, .karras, .exponential, .beta, .lu: true
    case .normal, .polyexponential, .oldKarras, .sgmUniform, .simple, .ddimUniform: false
    }
  }
}
