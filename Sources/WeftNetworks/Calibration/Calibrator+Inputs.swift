import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

extension Calibrator {
  /// The samples of what the network takes: for a UNet paths from noise to a picture.
  func builtIn(_ progress: (Progress) throws -> Void) throws -> CalibrationSet {
    let names = Set(component.inputs.map(\.name))
    let isPath = names.contains("sample") && !names.contains("controlnet_cond")
    guard isPath else {
      let prompts = try encoded(options.runCount, for: names, progress)
      return CalibrationSet(try samples(options.runCount, prompts).map(\.inputs))
    }
    let schedule = try noiseSchedule()
    let count = CalibrationSet.pathCount(options.runCount)
    let prompts = try encoded(count, for: names, progress)
    return CalibrationSet(
      paths: try samples(count, prompts), runCount: options.runCount, schedule)
  }

  /// So many samples, of timesteps from much noise to little.
  private func samples(
    _ count: Int, _ prompts: EncodedPrompts
  ) throws -> [SampleInputs.Sample] {
    let (height, width) = options.size
    let plan = SamplePlan(
      steps: (0..<count).map { index in
        (timestep: 981 - 960 * index / max(1, count - 1), height: height / 8, width: width / 8)
      }, pictures: [(height: Int, width: Int)](repeating: (height, width), count: count))
    let sets = try SampleInputs(
      source: component.source, configuration: component.configuration,
      prompts: library.calibrationPrompts, encoded: prompts, plan: plan
    ).sets(component.inputs)
    return Array(sets.prefix(count))
  }

  /// What the text encoders make of the first prompts, for a network that looks at them.
  private func encoded(
    _ count: Int, for names: Set<String>, _ progress: (Progress) throws -> Void
  ) throws -> EncodedPrompts {
    var prompts = EncodedPrompts()
    guard names.contains("encoder_hidden_states") else { return prompts }
    let present = Set(encoders.base.components)
    let kinds = ComponentKind.all.filter {
      $0.isTextEncoder && !present.isDisjoint(with: $0.components)
    }
    for kind in kinds {
      let encoder = try ComponentModel(
        kind, of: encoders, configPath: nil, library: library, reader: reader)
      let sets = try SampleInputs(
        source: encoder.source, configuration: encoder.configuration,
        prompts: library.calibrationPrompts, encoded: prompts,
        plan: SamplePlan(steps: [], pictures: [])
      ).sets(encoder.inputs)
      let used = sets.prefix(count).map(\.inputs)
      let network = try load(encoder, for: used, progress)
      prompts.add(try used.map { try network.finiteOutputs($0, Pass(backend)) })
    }
    try requireFit(prompts)
    return prompts
  }

  /// Refuses prompts that the network cannot look at: noise in their place would give wrong numbers.
  private func requireFit(_ prompts: EncodedPrompts) throws {
    let hasAdditions = component.inputs.contains { $0.name == "text_embeds" }
    let axes = component.inputs.first { $0.name == "encoder_hidden_states" }?.axes
    guard case .size(let width)? = axes?.last,
      prompts.tokens(0, width: width, hasAdditions: hasAdditions) == nil
    else { return }
    throw NetworkError(
      status: .noInput,
      what: "there are no text encoders that give the \(width) features a token that it looks at",
      place: encoders.base.checkpoint.path,
      advice: "give the whole model with --encoders, or encoded prompts with --inputs")
  }

  /// How noise is added for this model: as its own folder says, or its architecture.
  private func noiseSchedule() throws -> NoiseSchedule {
    guard let scheduler = try model.base.scheduler(library) else { throw unknownSchedule() }
    return try NoiseSchedule(scheduler)
  }

  private func unknownSchedule() -> NetworkError {
    NetworkError(
      status: .refused, what: "how this model removes noise is not known",
      place: model.base.checkpoint.path,
      advice: "give what it sees at its timesteps with --inputs, as weft forward takes it")
  }
}
