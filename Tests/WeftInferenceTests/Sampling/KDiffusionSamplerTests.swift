import Testing
import WeftFormats
import WeftInference
import WeftNetworks

/// k-diffusion's samplers with four schedules, and the schedules of A1111 and ComfyUI.
struct KDiffusionSamplerTests {
  /// Tolerances of the goldens: float32 against float32 in another order.
  private static let relative = 1e-5
  private static let absolute = 2e-4
  private static let sigma = 2e-6
  /// The seed of the noise that the goldens were made with.
  private static let seed: UInt64 = 77

  private static let samplers = [
    "euler", "euler_ancestral", "heun", "dpm_2", "dpm_2_ancestral", "lms", "dpmpp_2s_ancestral",
    "dpmpp_sde", "dpmpp_2m", "dpmpp_2m_sde", "dpmpp_3m_sde",
  ]

  @Test(arguments: samplers, ["normal", "karras", "exponential", "sgm_uniform"])
  func `steps are those of k-diffusion`(_ name: String, _ schedule: String) throws {
    let golden = try SamplingGolden("kdiffusion")
    let catalog = try Known.catalog()
    var request = SamplerRequest(
      sampler: try catalog.find(name).sampler.id, schedule: try catalog.schedule(schedule),
      style: .kDiffusion, stepCount: 10)
    // The goldens are k-diffusion's bare functions with plain noise.
    request.dropsPenultimate = false
    request.isBrownian = false
    let sampler = try catalog.make(request, NoiseSchedule(schedulerFile()))
    let scale = Float(sampler.initialScale)
    let run = try Trajectory(
      sampler, from: golden.floats("x_unit").map { $0 * scale }, smallNoise(seed: Self.seed),
      RationalNetwork(offset: golden.floats("c")))
    let last = try #require(run.ends.last?.latent)
    let expected = try golden.floats("\(name).\(schedule).n10.final")
    #expect(relativeL2(last, expected) <= Self.relative)
    #expect(largestDifference(last, expected) <= Self.absolute)
  }

  @Test(
    arguments: [
      "normal", "karras", "exponential", "polyexponential", "sgm_uniform", "simple", "ddim_uniform",
    ].map { ($0, $0) } + [("karras_a1111", "old-karras")], [10, 20])
  func `noise levels are those of k-diffusion, A1111 and ComfyUI`(
    _ names: (golden: String, own: String), _ count: Int
  ) throws {
    let catalog = try Known.catalog()
    let request = SamplerRequest(
      sampler: "euler", schedule: try catalog.schedule(names.own), style: .kDiffusion,
      stepCount: count)
    let sampler = try catalog.make(request, NoiseSchedule(schedulerFile()))
    let expected = try SamplingGolden("kdiffusion").floats("sigmas.\(names.golden).n\(count)")
    // One of noise on nothing of a picture shows the level.
    let found = (0...count).map { sampler.noised([0], [1], before: $0)[0] }
    try #require(expected.count == count + 1)
    for (found, expected) in zip(found, expected.dropLast()) {
      #expect(abs(Double(found - expected)) <= Self.sigma * Double(expected))
    }
  }
}
