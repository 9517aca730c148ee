package import WeftFormats
import WeftTensors

/// How much of a picture is left at each timestep, and the way from one to the next without fresh noise.
///
/// The numbers are those of torch in float32, to the bit but for schedules without a last signal.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_ddim.py
package struct NoiseSchedule: Sendable {
  /// The share of the signal's variance by timestep, falling: `ᾱ`.
  package let signal: [Double]
  /// The same as the original code of Stable Diffusion computes it and k-diffusion, A1111 and ComfyUI take it: in
  /// float64, rounded at the end.
  ///
  /// Source: https://github.com/CompVis/stable-diffusion/blob/21f890f/ldm/modules/diffusionmodules/util.py
  package let originalSignal: [Double]
  /// What the network predicts.
  package let target: Prediction.Target

  /// Reads a `scheduler_config.json`.
  ///
  /// - Throws: for schedules of another form, and for numbers that leave no signal.
  package init(_ file: NetworkConfiguration) throws {
    try file.require("prediction_type", ["epsilon", "v_prediction"])
    try file.require(["trained_betas": .null])
    target = try file.text("prediction_type") == "v_prediction" ? .velocity : .epsilon
    signal = try Self.signal(file, Float.self)
    originalSignal = try Self.signal(file, Double.self)
  }

  private static func signal<Number: BinaryFloatingPoint>(
    _ file: NetworkConfiguration, _ number: Number.Type
  ) throws -> [Double] {
    let betas = try NoiseBetas<Number>(file)
    let hasNoSignalLast = try file.flag("rescale_betas_zero_snr") ?? false
    let signal = hasNoSignalLast ? betas.withoutLastSignal().signal : betas.signal
    guard signal.allSatisfy({ $0 >= 0 && $0 < 1 }), signal[0] > 0 else {
      throw file.wrong(
        "beta_end",
        "a number that, with 'beta_start', leaves some of the picture and adds some noise")
    }
    return signal.map(Double.init)
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
