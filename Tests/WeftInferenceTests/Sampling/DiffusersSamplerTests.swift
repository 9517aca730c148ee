import Testing
import WeftFormats
import WeftInference
import WeftNetworks
import WeftTensors

/// Every trajectory of diffusers' schedulers that is stored, one step after the other.
struct DiffusersSamplerTests {
  /// Tolerances of the goldens: float32 against float32 in another order.
  private static let relative = 1e-5
  private static let absolute = 2e-4
  private static let sigma = 1e-6
  /// Timesteps between others: torch's square root on the machine of the goldens is one unit in the last place off for
  /// 190 of the 1000 noise levels, which moves such a timestep by a unit of float32 at 999.
  private static let fractionalTimestep = 0x1p-14

  /// What is not compared, and why.
  private static let outOfScope = [
    "ipndm": "its timesteps go from 1 to 0 and are no places in a table, as audio models have them",
    "unipc.bh1": "diffusers gives no numbers for its last step; it is refused, see below",
  ]

  struct Entry: Sendable, CustomTestStringConvertible {
    let file: String
    let name: String
    let steps: Int
    let members: [JSONValue.Member]
    let callCount: Int
    let initialScale: Double
    /// The step at which it begins.
    let first: Int
    var key: String { "\(name).n\(steps)" }
    var testDescription: String { "\(name), \(steps) steps" }

    init?(_ file: String, _ entry: JSONValue.Member) {
      let parts = entry.key.split(separator: ".")
      guard let count = parts.last.flatMap({ Int($0.dropFirst()) }),
        let className = entry.value["class"]?.text, let own = entry.value["kwargs"]?.members,
        let calls = entry.value["calls"]?.integer,
        let scale = entry.value["init_noise_sigma"]?.double
      else { return nil }
      (self.file, name, steps) = (file, parts.dropLast().joined(separator: "."), count)
      members = [.init("_class_name", .string(className))] + own
      (callCount, initialScale, first) = (calls, scale, entry.value["first"]?.integer ?? 0)
    }
  }

  /// Files by what `scripts/goldens/gen_sched.py` and `gen_sampling.py` make.
  static let entries: [Entry] = ["schedulers", "steps_more"].flatMap { file -> [Entry] in
    let entries = try? SamplingGolden(file).metadata("entries").members
    return (entries ?? []).compactMap { Entry(file, $0) }.filter { outOfScope[$0.name] == nil }
  }

  @Test func `nothing is left out without a reason`() throws {
    let all = try ["schedulers", "steps_more"].reduce(0) {
      try $0 + (SamplingGolden($1).metadata("entries").members ?? []).count
    }
    // Those out of scope are there with two numbers of steps each.
    #expect(Self.entries.count == all - 2 * Self.outOfScope.count)
    #expect(Self.entries.count > 220)
  }

  @Test(arguments: entries)
  func `steps are those of diffusers`(_ entry: Entry) throws {
    let golden = try SamplingGolden(entry.file)
    let sampler = try Self.sampler(entry)
    let scale = Float(entry.initialScale)
    let seed = Self.isPath(entry) ? 7 : UInt64(entry.steps)
    let run = try Trajectory(
      sampler, from: golden.floats("x_T_unit").map { $0 * scale }, smallNoise(seed: seed),
      RationalNetwork(offset: golden.floats("c")), steps: entry.first..<entry.steps)
    try Self.compareTimesteps(run, golden.floats("\(entry.key).timesteps"))
    try Self.compareLatents(run, golden.floats("\(entry.key).traj"), entry)
  }

  @Test(arguments: entries)
  func `noise levels are those of diffusers`(_ entry: Entry) throws {
    let golden = try SamplingGolden(entry.file)
    let sampler = try Self.sampler(entry)
    #expect(abs(sampler.initialScale - entry.initialScale) <= Self.sigma * entry.initialScale)
    guard let stored = try? golden.floats("\(entry.key).sigmas") else { return }
    // Methods that look twice have each level twice. LCM and TCD keep the table that they do not use.
    let expected = stored.enumerated().filter { $0 == 0 || $1 != stored[$0 - 1] }.map(\.element)
    try #require(expected.count > sampler.stepCount)
    for step in 0..<sampler.stepCount {
      let (signal, noise) = (
        sampler.noised([1], [0], before: step), sampler.noised([0], [1], before: step)
      )
      let level = Double(noise[0]) / Double(signal[0])
      #expect(abs(level - Double(expected[step])) <= Self.sigma(of: entry) * Double(expected[step]))
    }
  }

  private static func sampler(_ entry: Entry) throws -> any Sampler {
    let catalog = try Known.catalog()
    let configuration = try SchedulerConfiguration(schedulerFile(entry.members), catalog)
    var request = configuration.request(stepCount: entry.steps)
    if entry.name == "ddim.eta1" { request.eta = 1 }
    return try catalog.make(request, configuration.noise)
  }

  /// Whether the noise is that of a Brownian path.
  private static func isPath(_ entry: Entry) -> Bool { entry.name.hasPrefix("dpmpp_sde") }

  private static func relative(of entry: Entry) -> Double {
    switch entry.key {
    // Torch's logarithm and exponential are one unit off at two levels here: the path is asked for a millionth beside,
    // where it is by the root of that, a thousandth, another.
    case "dpmpp_sde.karras.n10": 1e-3
    // From 4096 on the noise is as right as its levels are.
    case _ where entry.name.contains("euler.vpred.zsnr"): 2 * relative
    default: relative
    }
  }

  /// The roots of nearly nothing, on which levels without a last signal rest, are one unit off with torch.
  private static func sigma(of entry: Entry) -> Double {
    entry.name.contains("zsnr") ? 4e-6 : sigma
  }

  private static func compareTimesteps(_ run: Trajectory, _ expected: [Float]) throws {
    try #require(run.timesteps.count == expected.count)
    for (found, expected) in zip(run.timesteps, expected) {
      let expected = Double(expected)
      let found = Double(Float(found))
      let isWhole = expected == expected.rounded()
      let tolerance =
        isWhole && found == found.rounded() ? 0 : fractionalTimestep
      #expect(abs(found - expected) <= tolerance, "\(found), not \(expected)")
    }
  }

  /// The goldens have the latent after every call, or after the last one; those inside a step are no one's.
  private static func compareLatents(
    _ run: Trajectory, _ expected: [Float], _ entry: Entry
  ) throws {
    let size = try #require(run.ends.last?.latent.count)
    let isWhole = expected.count == entry.callCount * size
    for end in isWhole ? run.ends : [try #require(run.ends.last)] {
      let first = isWhole ? (end.calls - 1) * size : 0
      let latent = Array(expected[first..<(first + size)])
      #expect(relativeL2(end.latent, latent) <= relative(of: entry))
      // The absolute tolerance is for latents of usual size; 4096 has larger units in the last place.
      let size = max(1, entry.initialScale / 16) * (relative(of: entry) / relative)
      #expect(largestDifference(end.latent, latent) <= absolute * size)
    }
  }

  @Test func `UniPC with bh1 and no noise at the end is refused`()
    throws
  {
    let file = schedulerFile([
      .init("_class_name", .string("UniPCMultistepScheduler")),
      .init("solver_type", .string("bh1")),
    ])
    let catalog = try Known.catalog()
    let configuration = try SchedulerConfiguration(file, catalog)
    let error = #expect(throws: SamplerError.self) {
      try catalog.make(configuration.request(stepCount: 10), configuration.noise)
    }
    #expect(error?.status == .usage)
  }
}
