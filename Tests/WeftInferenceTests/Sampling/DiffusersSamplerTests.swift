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
  /// 190 of the 1000 noise levels, which moves such a timestep by two units at most.
  private static let fractionalTimestep = 2 * 0x1p-23

  /// What is not compared, and why.
  private static let outOfScope = [
    "ipndm": "its timesteps go from 1 to 0 and are no places in a table, as audio models have them"
  ]

  struct Entry: Sendable, CustomTestStringConvertible {
    let name: String
    let steps: Int
    let members: [JSONValue.Member]
    let callCount: Int
    let initialScale: Double
    var testDescription: String { "\(name), \(steps) steps" }
  }

  static let entries: [Entry] = {
    guard let golden = try? SamplingGolden("schedulers"),
      let entries = (try? golden.metadata("entries"))?.members
    else { return [] }
    return entries.compactMap { entry in
      let parts = entry.key.split(separator: ".")
      guard let count = parts.last.flatMap({ Int($0.dropFirst()) }),
        let name = entry.value["class"]?.text, let own = entry.value["kwargs"]?.members,
        let calls = entry.value["calls"]?.integer,
        let scale = entry.value["init_noise_sigma"]?.double
      else { return nil }
      return Entry(
        name: parts.dropLast().joined(separator: "."), steps: count,
        members: [.init("_class_name", .string(name))] + own, callCount: calls, initialScale: scale)
    }.filter { outOfScope[$0.name] == nil }
  }()

  @Test func `nothing is left out without a reason`() throws {
    let all = try SamplingGolden("schedulers").metadata("entries").members ?? []
    #expect(Self.entries.count == all.count - 2 * Self.outOfScope.count)
    #expect(Self.entries.count > 150)
  }

  @Test(arguments: entries)
  func `steps are those of diffusers`(_ entry: Entry) throws {
    let golden = try SamplingGolden("schedulers")
    let key = "\(entry.name).n\(entry.steps)"
    let sampler = try Self.sampler(entry)
    #expect(abs(sampler.initialScale - entry.initialScale) <= Self.sigma * entry.initialScale)
    let scale = Float(sampler.initialScale)
    let start = try golden.floats("x_T_unit").map { $0 * scale }
    let seed = entry.name.hasPrefix("dpmpp_sde") ? 7 : UInt64(entry.steps)
    let run = try Trajectory(
      sampler, from: start, smallNoise(seed: seed), RationalNetwork(offset: golden.floats("c")))
    try Self.compareTimesteps(run, golden.floats("\(key).timesteps"))
    try Self.compareLatents(run, golden.floats("\(key).traj"), callCount: entry.callCount)
  }

  private static func sampler(_ entry: Entry) throws -> any Sampler {
    let catalog = SamplerCatalog(try FormatLibrary.embedded())
    let configuration = try SchedulerConfiguration(schedulerFile(entry.members), catalog)
    var request = configuration.request(stepCount: entry.steps)
    if entry.name == "ddim.eta1" { request.eta = 1 }
    return try catalog.make(request, configuration.noise)
  }

  private static func compareTimesteps(_ run: Trajectory, _ expected: [Float]) throws {
    try #require(run.timesteps.count == expected.count)
    for (found, expected) in zip(run.timesteps, expected) {
      let expected = Double(expected)
      let isWhole = expected == expected.rounded()
      let tolerance =
        isWhole && found == found.rounded() ? 0 : fractionalTimestep * max(1, expected)
      #expect(abs(found - expected) <= tolerance, "\(found), not \(expected)")
    }
  }

  /// The goldens have the latent after every call, or after the last one; those inside a step are no one's.
  private static func compareLatents(
    _ run: Trajectory, _ expected: [Float], callCount: Int
  ) throws {
    let size = try #require(run.ends.last?.latent.count)
    let isWhole = expected.count == callCount * size
    for end in isWhole ? run.ends : [try #require(run.ends.last)] {
      let first = isWhole ? (end.calls - 1) * size : 0
      let latent = Array(expected[first..<(first + size)])
      #expect(relativeL2(end.latent, latent) <= relative)
      #expect(largestDifference(end.latent, latent) <= absolute)
    }
  }

  @Test func `UniPC with bh1 and no noise at the end is refused, as diffusers gives no numbers`()
    throws
  {
    let entry = Entry(
      name: "unipc.bh1", steps: 10,
      members: [
        .init("_class_name", .string("UniPCMultistepScheduler")),
        .init("solver_type", .string("bh1")),
      ], callCount: 10, initialScale: 1)
    let error = #expect(throws: SamplerError.self) { try Self.sampler(entry) }
    #expect(error?.status == .usage)
  }
}
