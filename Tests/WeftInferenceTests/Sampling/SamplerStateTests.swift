import Testing
import WeftFormats
import WeftInference
import WeftNetworks

/// What samplers remember, and what they do not.
struct SamplerStateTests {
  private static let ids: [String] = ((try? Known.library.get())?.samplers ?? []).map(\.id)
  private let network = RationalNetwork(offset: (0..<512).map { Float($0 % 256) / 128 - 1 })

  private func sampler(_ id: String, _ count: Int = 6) throws -> any Sampler {
    try Known.catalog().make(
      SamplerRequest(sampler: id, stepCount: count), NoiseSchedule(schedulerFile()))
  }

  private func latents(
    _ sampler: inout any Sampler, _ steps: Range<Int>, _ start: [Float], seed: UInt64
  ) throws -> [Float] {
    let noise = smallNoise(seed: seed)
    return try steps.reduce(start) { latent, step in
      try sampler.step(step, latent, noise) { network($0, $1) }
    }
  }

  @Test(arguments: ids)
  func `a second picture is not touched by the first`(_ id: String) throws {
    var (used, fresh) = (try sampler(id), try sampler(id))
    let (first, second) = (smallNoise(seed: 1).initial(), smallNoise(seed: 2).initial())
    _ = try latents(&used, 0..<6, first, seed: 1)
    for steps in [0..<6, 2..<6, 3..<6] {
      #expect(
        try latents(&used, steps, second, seed: 2) == latents(&fresh, steps, second, seed: 2))
      fresh = try sampler(id)
    }
  }

  @Test(arguments: ids)
  func `a batch is its pictures one after the other`(_ id: String) throws {
    let shape = LatentShape(channels: 4, height: 8, width: 8)
    func run(_ seed: UInt64, _ count: Int) throws -> [Float] {
      let noise = BatchNoise(NoiseRequest(seed: seed, pictureCount: count, shape: shape))
      return try Trajectory(sampler(id), from: noise.initial(), noise, network).ends.last?.latent
        ?? []
    }
    #expect(try run(5, 2) == run(5, 1) + run(6, 1))
  }

  @Test(arguments: ids)
  func `what the network throws comes through`(_ id: String) throws {
    struct Refusal: Error {}
    var sampler = try sampler(id)
    #expect(throws: Refusal.self) {
      try sampler.step(0, [1, 2], smallNoise(seed: 1)) { _, _ in throw Refusal() }
    }
  }

  @Test(arguments: ids)
  func `a latent with noise is the noise at first and itself at last`(_ id: String) throws {
    let sampler = try sampler(id)
    let (latent, noise): ([Float], [Float]) = ([0.5, -1], [1, 2])
    #expect(sampler.noised(latent, noise, before: sampler.stepCount) == latent)
    let start = sampler.noised([0, 0], noise, before: 0)
    #expect(abs(Double(start[1] / start[0]) - 2) <= 1e-6)
    // The noise falls from step to step.
    let shares = (0..<sampler.stepCount).map {
      sampler.noised([0], [1], before: $0)[0] / sampler.noised([1], [0], before: $0)[0]
    }
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test func `latents with noise are those of diffusers`() throws {
    let golden = try SamplingGolden("schedulers")
    let (latent, noise) = (try golden.floats("x_T_unit"), try golden.floats("add_noise.noise"))
    let catalog = try Known.catalog()
    for (id, offset, count, step, name) in [
      ("ddim", 0, 10, 4, "ddim.t500"), ("euler", 1, 20, 10, "euler.n20.idx10"),
    ] {
      var request = SamplerRequest(
        sampler: id, schedule: .leading, style: .diffusers, stepCount: count)
      request.options.stepsOffset = offset
      let sampler = try catalog.make(request, NoiseSchedule(schedulerFile()))
      let expected = try golden.floats("add_noise.\(name)")
      #expect(relativeL2(sampler.noised(latent, noise, before: step), expected) <= 3e-7)
    }
  }

  @Test func `churn draws noise and goes on from a higher level`() throws {
    let catalog = try Known.catalog()
    for id in ["euler", "heun", "dpm2"] {
      var request = SamplerRequest(sampler: id, stepCount: 6)
      func last() throws -> [Float] {
        let sampler = try catalog.make(request, NoiseSchedule(schedulerFile()))
        let noise = smallNoise(seed: 4)
        return try Trajectory(sampler, from: noise.initial(), noise, network).ends.last?.latent
          ?? []
      }
      let plain = try last()
      request.churn = Churn(2, within: 20...30)
      #expect(try last() == plain)
      request.churn = Churn(2)
      #expect(relativeL2(try last(), plain) > 1e-2)
    }
  }
}
