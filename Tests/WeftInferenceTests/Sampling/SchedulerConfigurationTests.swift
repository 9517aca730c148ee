import Testing
import WeftFormats
import WeftInference
import WeftNetworks
import WeftTensors

/// What `scheduler_config.json` says.
struct SchedulerConfigurationTests {
  private let library: FormatLibrary
  private let catalog: SamplerCatalog

  init() throws {
    library = try Known.library.get()
    catalog = SamplerCatalog(library)
  }

  @Test(
    arguments: [
      ("sd15", Prediction.epsilon, "plms", 951.0), ("sd15", .velocity, "ddim", 951),
      ("sd2", .velocity, "ddim", 951),
      ("sd15-ip2p", .epsilon, "euler-a", 999), ("sdxl", .epsilon, "euler", 951),
      ("sdxl-refiner", .epsilon, "euler", 951),
      ("sdxl", Prediction(.velocity, hasZeroTerminalSNR: true), "euler", 999),
    ])
  func `every architecture has a sampler of its own`(
    _ architecture: String, _ prediction: Prediction, _ id: String, _ first: Double
  ) throws {
    let found = try #require(library.architecture(architecture))
    let value = try #require(try library.schedulerConfiguration(found, prediction: prediction))
    let configuration = try SchedulerConfiguration(
      NetworkConfiguration(value, path: architecture), catalog)
    let request = configuration.request(stepCount: 20)
    #expect(request.sampler == id && configuration.noise.target == prediction.target)
    #expect(try catalog.make(request, configuration.noise).timestep(0) == first)
  }

  @Test func `another sampler for the model keeps its spacing and nothing of its solver`() throws {
    let file = schedulerFile([
      .init("_class_name", .string("DPMSolverMultistepScheduler")),
      .init("solver_order", .integer(3)),
      .init("timestep_spacing", .string("leading")), .init("steps_offset", .integer(1)),
      .init("use_karras_sigmas", .bool(true)),
    ])
    let configuration = try SchedulerConfiguration(file, catalog)
    #expect(configuration.request(stepCount: 5).schedule == .karras)
    let found = try catalog.find("DDIM")
    let request = configuration.request(sampler: found.sampler, schedule: nil, stepCount: 5)
    #expect(request.options.order == nil && request.schedule == nil)
    #expect(try catalog.make(request, configuration.noise).timestep(0) == 801)
  }

  static let variants: [JSONValue.Member] = [
    .init("_class_name", .string("EDMEulerScheduler")), .init("_class_name", .null),
    .init("_class_name", .integer(1)),
    .init("algorithm_type", .string("dpmsolver")), .init("thresholding", .bool(true)),
    .init("use_flow_sigmas", .bool(true)),
    .init("lambda_min_clipped", .number(-5.1)), .init("timestep_spacing", .string("even")),
    .init("steps_offset", .integer(-1)),
    .init("final_sigmas_type", .string("one")), .init("solver_type", .string("rk")),
    .init("solver_order", .string("two")),
    .init("prediction_type", .string("sample")), .init("variance_type", .string("learned")),
    .init("trained_betas", .array([.number(0.1)])),
    .init("interpolation_type", .string("log_linear")),
    .init("timestep_type", .string("continuous")), .init("sigma_max", .number(80)),
    .init("clip_sample_range", .string("wide")), .init("use_karras_sigmas", .string("yes")),
    .init("num_train_timesteps", .integer(1 << 50)),
  ]

  @Test(arguments: variants)
  func `what is not known is refused with the file's name`(_ member: JSONValue.Member) throws {
    let usual = [
      JSONValue.Member("_class_name", .string("DPMSolverMultistepScheduler")),
      .init("clip_sample", .bool(true)),
    ].filter { $0.key != member.key }
    let error =
      #expect(throws: (any Error).self) {
        try SchedulerConfiguration(schedulerFile(usual + [member]), catalog)
      } as? any ActionableError
    #expect(error?.status == .badData && error?.place == "scheduler_config.json")
  }

  @Test func `two ways to choose noise levels are refused`() throws {
    let file = schedulerFile([
      .init("_class_name", .string("EulerDiscreteScheduler")),
      .init("use_karras_sigmas", .bool(true)),
      .init("use_beta_sigmas", .bool(true)),
    ])
    #expect(throws: NetworkError.self) { try SchedulerConfiguration(file, catalog) }
  }

  @Test func `noise is that of torch to the bit, and nearly so without a last signal`() throws {
    let golden = try SamplingGolden("schedulers")
    func signal(_ own: JSONValue.Member...) throws -> [Double] {
      try NoiseSchedule(schedulerFile(own)).signal
    }
    #expect(try signal() == golden.floats("alphas_cumprod.scaled_linear").map(Double.init))
    let linear = try signal(
      .init("beta_schedule", .string("linear")), .init("beta_start", .number(1e-4)),
      .init("beta_end", .number(0.02)))
    #expect(linear == (try golden.floats("alphas_cumprod.linear").map(Double.init)))
    // Torch's square root is one unit in the last place off for some, which shows where nearly nothing is left.
    let flat = try signal(.init("rescale_betas_zero_snr", .bool(true)))
    for (found, expected) in zip(flat, try golden.floats("alphas_cumprod.zero_snr")) {
      #expect(abs(found - Double(expected)) <= 4e-6 * Double(expected))
    }
  }
}
