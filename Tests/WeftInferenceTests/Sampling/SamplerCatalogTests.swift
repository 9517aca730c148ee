import Testing
import WeftFormats
import WeftInference
import WeftNetworks
import WeftTensors

/// What people write, and what they get.
struct SamplerCatalogTests {
  private let catalog: SamplerCatalog
  private let noise: NoiseSchedule

  init() throws {
    catalog = try Known.catalog()
    noise = try NoiseSchedule(schedulerFile())
  }

  @Test(
    arguments: [
      ("DPM++ 2M Karras", "dpmpp-2m", .karras),
      ("DPM++ 2M SDE Heun Exponential", "dpmpp-2m-sde-heun", .exponential),
      ("DPM++ 3M SDE", "dpmpp-3m-sde", nil), ("DPM2 a Karras", "dpm2-a", .karras),
      ("Euler a", "euler-a", nil),
      ("euler_a", "euler-a", nil), ("dpm++2s_a", "dpmpp-2s-a", nil), ("dpm++2m", "dpmpp-2m", nil),
      ("ddim_trailing", "ddim", .trailing), ("sample_dpmpp_2m_sde", "dpmpp-2m-sde", nil),
      ("dpmpp_sde_gpu", "dpmpp-sde", nil),
      ("KDPM2AncestralDiscreteScheduler", "dpm2-a", nil),
      ("DPMSolverMultistepScheduler", "dpmpp-2m", nil),
      ("uni_pc", "unipc", nil), ("PLMS", "plms", nil), ("LMS Karras", "lms", .karras),
      ("Euler SGM Uniform", "euler", .sgmUniform),
    ] as [(String, String, NamedSchedule?)])
  func `names of other programs are known`(_ name: String, _ id: String, _ schedule: NamedSchedule?)
    throws
  {
    let found = try catalog.find(name)
    #expect(found.sampler.id == id && found.schedule == schedule)
  }

  @Test(arguments: [
    ("eulr", "Euler"), ("dpmpp2n", "DPM++ 2M"), ("DDMI", "DDIM"),
  ])
  func `an unknown name is answered with the nearest one`(_ name: String, _ nearest: String) throws
  {
    let error = #expect(throws: SamplerError.self) { try catalog.find(name) }
    #expect(error?.status == .usage && error?.advice.contains(nearest) == true)
  }

  @Test func `an unknown schedule is answered with the nearest one`() throws {
    let error = #expect(throws: SamplerError.self) { try catalog.schedule("karas") }
    #expect(error?.advice.contains("Karras") == true)
    #expect(try catalog.schedule("SGM Uniform") == .sgmUniform)
    #expect(try catalog.schedule("discrete") == .normal)
  }

  @Test func `no name means two samplers`() throws {
    for sampler in catalog.samplers {
      for name in [sampler.id, sampler.title] + sampler.names {
        #expect(try catalog.find(name).sampler.id == sampler.id)
      }
    }
    #expect(Set(catalog.schedules.map(\.id)) == Set(NamedSchedule.allCases.map(\.rawValue)))
  }

  @Test(arguments: [1, 2, 3, 7, 20], NamedSchedule.allCases)
  func `every sampler makes finite latents or says why it cannot`(
    _ count: Int, _ schedule: NamedSchedule
  ) throws {
    let network = RationalNetwork(offset: (0..<256).map { Float($0) / 128 - 1 })
    for description in catalog.samplers {
      for style in SamplerStyle.allCases {
        let request = SamplerRequest(
          sampler: description.id, schedule: schedule, style: style, stepCount: count)
        let sampler: any Sampler
        do { sampler = try catalog.make(request, noise) } catch let error as SamplerError {
          #expect(error.status == .usage, "\(description.id) \(style)")
          continue
        }
        #expect(sampler.stepCount == count)
        let stepNoise = smallNoise(seed: 3)
        let start = stepNoise.initial().map { $0 * Float(sampler.initialScale) }
        let run = try Trajectory(sampler, from: start, stepNoise, network)
        #expect(
          run.ends.allSatisfy { $0.latent.allSatisfy(\.isFinite) }, "\(description.id) \(style)")
        #expect(run.timesteps.allSatisfy { (0...999).contains($0) }, "\(description.id) \(style)")
        #expect(sampler.timestep(0) == run.timesteps.first)
      }
    }
  }

  @Test(arguments: [0, -1, 1001, Int.max, Int.min])
  func `numbers of steps that cannot be are refused`(_ count: Int) throws {
    for description in catalog.samplers {
      let error = #expect(throws: SamplerError.self) {
        try catalog.make(SamplerRequest(sampler: description.id, stepCount: count), noise)
      }
      #expect(error?.status == .usage)
    }
  }

  @Test(arguments: [("lcm", 51, 1.0), ("tcd", 51, 1), ("lcm", 26, 0.5), ("tcd", 1, 0.01)])
  func `consistency takes no more steps than it was distilled from`(
    _ id: String, _ count: Int, _ strength: Double
  ) throws {
    var request = SamplerRequest(sampler: id, stepCount: count)
    request.strength = strength
    let error = #expect(throws: SamplerError.self) { try catalog.make(request, noise) }
    #expect(error?.advice == "ask for at most \(Int(50 * strength))")
    request.stepCount -= 1
    guard request.stepCount > 0 else { return }
    #expect(try catalog.make(request, noise).stepCount == count - 1)
  }

  @Test(arguments: [1000, 999, 998, 501])
  func `as many steps as there are timesteps work or are refused`(_ count: Int) throws {
    for description in catalog.samplers where !["lcm", "tcd"].contains(description.id) {
      for offset in [0, 1] {
        var request = SamplerRequest(sampler: description.id, style: .diffusers, stepCount: count)
        guard description.styles.contains("diffusers") else { continue }
        (request.options.spacing, request.options.stepsOffset) = (.leading, offset)
        do {
          let sampler = try catalog.make(request, noise)
          #expect((0..<count).allSatisfy { (0...999).contains(sampler.timestep($0)) })
        } catch let error as SamplerError {
          #expect(count > 998 && error.advice == "ask for fewer steps")
        }
      }
    }
  }

  @Test func `other numbers that cannot be are refused`() throws {
    let changes: [(inout SamplerRequest) -> Void] = [
      { $0.eta = -0.1 }, { $0.eta = .nan }, { $0.eta = 2 }, { $0.noiseScale = .infinity },
      { $0.strength = -1 },
      { $0.churn = Churn(-1) }, { $0.options.order = 4 }, { $0.options.order = 0 },
      { $0.options.solver = "rk4" },
      { $0.options.stepsOffset = 800 }, { $0.options.stepsOffset = Int.max },
      { $0.sampler = "nothing like it" },
    ]
    for (index, change) in changes.enumerated() {
      var request = SamplerRequest(sampler: "dpmpp-2m", style: .diffusers, stepCount: 3)
      #expect(throws: Never.self) { try catalog.make(request, noise) }
      request.options.spacing = .leading
      change(&request)
      let error = #expect(throws: SamplerError.self, "\(index)") {
        try catalog.make(request, noise)
      }
      #expect(error?.status == .usage)
    }
  }

  @Test func `a last timestep without signal needs a network that predicts velocity`() throws {
    let file = [JSONValue.Member("rescale_betas_zero_snr", .bool(true))]
    let velocity = [JSONValue.Member("prediction_type", .string("v_prediction"))]
    let request = SamplerRequest(sampler: "ddim", schedule: .trailing, stepCount: 4)
    #expect(throws: SamplerError.self) {
      try catalog.make(request, NoiseSchedule(schedulerFile(file)))
    }
    #expect(throws: Never.self) {
      try catalog.make(request, NoiseSchedule(schedulerFile(file + velocity)))
    }
  }
}
