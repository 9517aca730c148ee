import WeftNetworks

#if canImport(Glibc)
  import Glibc
#endif

/// The noise for one of signal at each timestep, and the way back.
struct SigmaTable: Sendable {
  /// Rising with the timestep, rounded to float32 as torch has them.
  let sigmas: [Double]
  private let logarithms: [Double]

  /// Takes the levels of a schedule; one without a last signal ends at about 4000, not at infinity.
  init(_ schedule: NoiseSchedule, _ style: SamplerStyle) {
    let signals = style == .diffusers ? schedule.signal : schedule.originalSignal
    sigmas = signals.map { signal in
      let signal = Float(max(signal, style.leastSignal))
      return Double(((1 - signal) / signal).squareRoot())
    }
    logarithms = sigmas.map { Double(Float(log($0))) }
  }

  /// The number of timesteps.
  var count: Int { sigmas.count }
  /// The least noise.
  var least: Double { sigmas[0] }
  /// The most noise.
  var greatest: Double { sigmas[count - 1] }

  /// The noise at a timestep between others, on a straight line.
  func sigma(_ timestep: Double) -> Double { Self.between(sigmas, timestep) }

  /// The noise at a timestep between others, its logarithm on a straight line, as k-diffusion has it.
  func logarithmicSigma(_ timestep: Double) -> Double { exp(Self.between(logarithms, timestep)) }

  /// The timestep of a noise level, its logarithm on a straight line between others.
  func timestep(sigma: Double) -> Double {
    let logarithm = log(max(sigma, 1e-10))
    let above = logarithms.partitioningIndex { $0 > logarithm }
    let low = min(max(0, above - 1), max(0, count - 2))
    let high = min(low + 1, count - 1)
    guard high > low else { return 0 }
    let share = (logarithms[low] - logarithm) / (logarithms[low] - logarithms[high])
    let weight = min(1, max(0, share))
    return (1 - weight) * Double(low) + weight * Double(high)
  }

  private static func between(_ values: [Double], _ place: Double) -> Double {
    let place = min(max(0, place), Double(values.count - 1))
    let low = Int(place)
    let high = min(low + 1, values.count - 1)
    return values[low] + (place - Double(low)) * (values[high] - values[low])
  }
}

extension SamplerStyle {
  /// What is left of the signal where there should be none.
  ///
  /// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_euler_discrete.py
  /// and https://github.com/comfyanonymous/ComfyUI/blob/v0.3.0/comfy/model_sampling.py
  fileprivate var leastSignal: Double {
    switch self {
    case .diffusers: 0x1p-24
    case .kDiffusion: 4.8973451890853435e-08
    }
  }
}

extension [Double] {
  /// The first place of a sorted array where something holds, which holds from there on.
  func partitioningIndex(_ holds: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
