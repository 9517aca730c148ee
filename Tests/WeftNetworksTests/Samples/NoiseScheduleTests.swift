import Testing
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors

struct NoiseScheduleTests {
  private func configuration(_ own: JSONValue.Member...) -> NetworkConfiguration {
    let usual: [JSONValue.Member] = [
      .init("beta_start", .number(0.00085)), .init("beta_end", .number(0.012)),
      .init("beta_schedule", .string("scaled_linear")),
      .init("num_train_timesteps", .integer(1000)),
    ]
    let keys = own.map(\.key)
    return NetworkConfiguration(
      .object(own + usual.filter { !keys.contains($0.key) }), path: "scheduler_config.json")
  }

  @Test func `has the numbers of Stable Diffusion`() throws {
    let signal = try NoiseSchedule(configuration()).signal
    // diffusers 0.42.1, DDIMScheduler.alphas_cumprod in float32.
    for (timestep, expected) in [(0, 0.99915), (500, 0.276332), (999, 0.0046602)] {
      #expect(abs(signal[timestep] - expected) <= 1e-4 * expected)
    }
    #expect(zip(signal, signal.dropFirst()).allSatisfy { $0 > $1 })
    let flat = try NoiseSchedule(configuration(.init("rescale_betas_zero_snr", .bool(true)))).signal
    // Twice through float32.
    #expect(flat[999] == 0 && abs(flat[0] - signal[0]) <= 2e-7)
  }

  @Test(arguments: [1, 2, 8, 50])
  func `goes from the noisiest timestep down, other trajectories between`(_ count: Int) throws {
    let schedule = try NoiseSchedule(configuration())
    var seen: Set<Int> = []
    for phase in [0, 0.25, 0.5, 0.999] {
      let steps = schedule.timesteps(count, phase: phase)
      #expect(steps.count == count && steps.first == 999)
      #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 > $1 })
      #expect(steps.allSatisfy { (0...999).contains($0) })
      seen.formUnion(steps)
    }
    #expect(count == 1 || seen.count > count)
  }

  @Test(arguments: ["epsilon", "v_prediction"])
  func `a perfect prediction leads along the same picture and noise`(_ type: String) throws {
    let schedule = try NoiseSchedule(configuration(.init("prediction_type", .string(type))))
    let (picture, noise): ([Double], [Double]) = ([0.5, -1.25, 2], [-0.3, 0.8, 1.1])
    func latent(_ timestep: Int) -> [Float] {
      let signal = schedule.signal[timestep]
      return zip(picture, noise).map {
        Float(signal.squareRoot() * $0 + (1 - signal).squareRoot() * $1)
      }
    }
    let signal = schedule.signal[800]
    let predicted = zip(picture, noise).map { picture, noise in
      type == "epsilon"
        ? Float(noise) : Float(signal.squareRoot() * noise - (1 - signal).squareRoot() * picture)
    }
    let next = schedule.moved(latent(800), predicted: predicted, from: 800, to: 300)
    for (found, expected) in zip(next, latent(300)) { #expect(abs(found - expected) <= 1e-5) }
  }

  static let others: [JSONValue.Member] = [
    .init("beta_schedule", .string("sigmoid")),
    .init("prediction_type", .string("sample")),
    .init("trained_betas", .array([.number(0.1)])),
    .init("rescale_betas_zero_snr", .string("yes")),
    .init("num_train_timesteps", .integer(1 << 40)),
    .init("beta_end", .number(1.5)),
    .init("beta_start", .number(0)),
  ]

  @Test(arguments: others)
  func `schedules of another form are refused`(_ member: JSONValue.Member) throws {
    let error = #expect(throws: NetworkError.self) { try NoiseSchedule(configuration(member)) }
    #expect(error?.place == "scheduler_config.json" && error?.status == .badData)
  }
}
