package import WeftFormats
import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// How much of a picture is left at each timestep, and the way from one to the next without fresh noise.
///
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_ddim.py
package struct NoiseSchedule: Sendable {
  /// The share of the signal's variance by timestep, falling: `ᾱ`.
  package let signal: [Double]
  /// What the network predicts.
  package let target: Prediction.Target

  /// Reads a `scheduler_config.json`.
  ///
  /// - Throws: for schedules of another form.
  package init(_ file: NetworkConfiguration) throws {
    let count = try file.count("num_train_timesteps") ?? 1000
    let (start, end) = (try file.number("beta_start") ?? 1e-4, try file.number("beta_end") ?? 0.02)
    let form = try file.text("beta_schedule") ?? "linear"
    try file.require("beta_schedule", ["linear", "scaled_linear"])
    try file.require("prediction_type", ["epsilon", "v_prediction"])
    try file.require(["trained_betas": .null])
    let betas = Self.betas(
      count, Double(start)...max(Double(start), Double(end)), isScaled: form == "scaled_linear")
    var signal: [Double] = []
    for beta in betas { signal.append((signal.last ?? 1) * (1 - beta)) }
    let hasNoSignalLast = try file.flag("rescale_betas_zero_snr") ?? false
    self.signal = hasNoSignalLast ? Self.withoutLastSignal(signal) : signal
    target = try file.text("prediction_type") == "v_prediction" ? .velocity : .epsilon
  }

  /// The variances of the noise that each step adds, evenly spaced, or their roots.
  private static func betas(
    _ count: Int, _ range: ClosedRange<Double>, isScaled: Bool
  ) -> [Double] {
    let (first, last) =
      isScaled
      ? (range.lowerBound.squareRoot(), range.upperBound.squareRoot())
      : (range.lowerBound, range.upperBound)
    return (0..<count).map { index in
      let value = first + (last - first) * Double(index) / Double(max(1, count - 1))
      return isScaled ? value * value : value
    }
  }

  /// The same schedule, stretched until nothing of the signal is left at the end.
  /// Source: https://arxiv.org/abs/2305.08891, algorithm 1
  private static func withoutLastSignal(_ signal: [Double]) -> [Double] {
    let roots = signal.map { $0.squareRoot() }
    guard let first = roots.first, let last = roots.last, first > last else { return signal }
    return roots.map { root in
      let value = (root - last) * first / (first - last)
      return value * value
    }
  }
}

extension NoiseSchedule {
  /// Chooses the timesteps of a trajectory.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - phase: from 0 up to 1: where between those of other trajectories all but the first are.
  /// - Returns: the timesteps, from the noisiest down.
  package func timesteps(_ count: Int, phase: Double) -> [Int] {
    let last = signal.count - 1
    let spacing = Double(last) / max(0.5, Double(count) - 0.5)
    return (0..<count).map { index in
      let place = index == 0 ? 0 : (Double(index) + phase - 0.5) * spacing
      return max(0, last - Int(place.rounded()))
    }
  }

  /// A latent at an earlier timestep, by what the network predicts of it at this one.
  package func moved(_ latent: [Float], predicted: [Float], from: Int, to: Int) -> [Float] {
    let (signal, noise) = (self.signal[from].squareRoot(), (1 - self.signal[from]).squareRoot())
    let (nextSignal, nextNoise) = (self.signal[to].squareRoot(), (1 - self.signal[to]).squareRoot())
    return zip(latent, predicted).map { x, output in
      let (x, output) = (Double(x), Double(output))
      let (picture, epsilon) =
        switch target {
        case .epsilon: ((x - noise * output) / signal, output)
        case .velocity: (signal * x - noise * output, noise * x + signal * output)
        }
      return Float(nextSignal * picture + nextNoise * epsilon)
    }
  }
}
