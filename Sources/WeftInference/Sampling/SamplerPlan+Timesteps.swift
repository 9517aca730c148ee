import WeftFormats
import WeftNetworks
import WeftTensors

extension SamplerPlan {
  /// A sampler that knows nothing but whole timesteps.
  func timestepSampler() throws -> any Sampler {
    let table = try timestepTable()
    let scale = request.noiseScale
    switch rule {
    case .ddpm: return DDPMSampler(table: table, noiseScale: scale)
    case .pndm: return try pndm(table)
    case .lcm:
      return LCMSampler(
        table: table, timestepScale: request.options.timestepScale, noiseScale: scale)
    case .tcd: return TCDSampler(table: table, eta: eta, noiseScale: scale)
    default: return DDIMSampler(table: table, eta: eta, noiseScale: scale)
    }
  }

  private func pndm(_ table: TimestepTable) throws -> any Sampler {
    let skips = request.options.skipsRungeKutta
    guard skips || table.timesteps.count >= Self.fewestRungeKuttaSteps else {
      throw SamplerError.usage(
        "PNDM with steps of Runge and Kutta takes \(Self.fewestRungeKuttaSteps) steps at least",
        advice: "ask for more, or use PLMS")
    }
    return PNDMSampler(table: table, beginsWithRungeKutta: !skips)
  }

  /// Three steps begin and one must follow.
  private static let fewestRungeKuttaSteps = 4

  private func timestepTable() throws -> TimestepTable {
    let timesteps = try rule.isOfConsistency ? consistencyTimesteps() : spacedTimesteps()
    guard noise.signal[timesteps.max() ?? 0] > 0 || noise.target == .velocity else {
      throw SamplerError(
        status: .badData,
        what: "the noise of a latent without any signal tells nothing of the picture", place: nil,
        advice: "this schedule needs a model that predicts velocity")
    }
    let endsClean = request.options.endsClean ?? (rule == .ddim)
    return TimestepTable(
      timesteps: timesteps, distance: timestepCount / request.stepCount, signal: noise.signal,
      lastSignal: rule == .ddpm || endsClean ? 1 : noise.signal[0],
      denoiser: Denoiser(target: noise.target), limit: request.options.clipRange)
  }

  private func spacedTimesteps() throws -> [Int] {
    guard schedule == .spaced || schedule.spacing != nil else {
      throw scheduleRefused()
    }
    let spacing = schedule.spacing ?? request.options.spacing ?? .leading
    let timesteps = spacing.timesteps(
      request.stepCount, of: timestepCount, offset: request.options.stepsOffset
    ).map { Int($0) }
    guard timesteps.allSatisfy({ 0..<timestepCount ~= $0 }),
      zip(timesteps, timesteps.dropFirst()).allSatisfy({ $0 > $1 })
    else { throw tooMany() }
    return timesteps
  }

  /// Some of the steps from which a consistency model was distilled, the noisiest first.
  ///
  /// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_lcm.py
  private func consistencyTimesteps() throws -> [Int] {
    guard schedule == .spaced else { throw scheduleRefused() }
    let original = min(request.options.originalStepCount, timestepCount)
    let known = Int(Double(original) * request.strength)
    guard request.stepCount <= known else { throw tooMany(known) }
    return (0..<request.stepCount).map { index in
      (known - index * known / request.stepCount) * (timestepCount / original) - 1
    }
  }

  private func scheduleRefused() -> SamplerError {
    SamplerError.usage(
      "\(description.title) takes evenly spaced timesteps, not the schedule '\(schedule.rawValue)'",
      advice: rule.isOfConsistency
        ? "leave the schedule out" : "use leading, linspace or trailing")
  }
}
