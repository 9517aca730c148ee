import WeftFiles
package import WeftFormats
package import WeftKernels
import WeftTensors
package import WeftTransform

/// Runs a network on many inputs and measures what goes into its layers.
///
/// One network at a time is in memory: text encoders first, when there are prompts to be encoded.
package struct Calibrator {
  /// What a network is run on.
  package struct Options: Sendable {
    /// The inputs; empty for those that are built in.
    package var inputs: [NetworkInputs] = []
    /// How often the network runs on inputs that are built in.
    package var runCount = 32
    /// The pixels of pictures, and 8 times those of latents.
    package var size: (height: Int, width: Int) = (512, 512)
    /// A `config.json` in the place of the model's own.
    package var configPath: String?
    /// Whether inputs and values may be NaN or infinite.
    package var allowsNonFinite = false

    /// Makes options with every one at its default.
    package init() {}
  }

  /// What a run tells of itself.
  package enum Progress {
    /// A network of so many bytes is loaded next.
    case loading(ComponentKind, byteCount: Int)
    /// The network runs so many times from now on.
    case running(count: Int)
    /// It has run once more.
    case ran
  }

  private let model: AdaptedModel
  private let encoders: AdaptedModel
  private let library: FormatLibrary
  private let backend: any Backend
  private let reader: ValueReader
  private let options: Options
  /// The network before it is loaded.
  package let component: ComponentModel

  /// Finds a network in a model.
  ///
  /// - Parameters:
  ///   - kind: the network.
  ///   - model: the model.
  ///   - encoders: the model whose text encoders encode the prompts.
  ///   - library: what is known of models.
  ///   - backend: what computes.
  ///   - reader: reads the weights.
  ///   - options: what the network is run on.
  /// - Throws: when the model does not have the network, or inputs that are given do not fit it.
  package init(
    _ kind: ComponentKind, of model: AdaptedModel, encoders: AdaptedModel,
    library: FormatLibrary, backend: any Backend, reader: ValueReader, options: Options
  ) throws {
    self.model = model
    self.encoders = encoders
    self.library = library
    self.backend = backend
    self.reader = reader
    self.options = options
    component = try ComponentModel(
      kind, of: model, configPath: options.configPath, library: library, reader: reader)
    for inputs in options.inputs {
      try component.check(inputs, allowsNonFinite: options.allowsNonFinite)
    }
  }

  /// Runs the network on everything, with `threads` to measure what it is given.
  ///
  /// - Throws: when there is too little memory, prompts cannot be encoded, or values become NaN or infinite.
  package func run(
    threads: Int, progress: (Progress) throws -> Void
  ) throws -> CalibrationResult {
    let set = try options.inputs.isEmpty ? builtIn(progress) : CalibrationSet(options.inputs)
    let network = try load(component, for: set.inputs, progress)
    let statistics = LayerStatistics(threads: threads)
    let pass = Pass(backend, inputs: statistics)
    try progress(.running(count: set.runCount))
    try set.run { inputs in
      let outputs =
        options.allowsNonFinite
        ? try network.plainOutputs(inputs, pass) : try network.finiteOutputs(inputs, pass)
      try progress(.ran)
      return outputs
    }
    return try CalibrationResult(
      component: component, layers: statistics.layers, runCount: set.runCount)
  }

  /// Loads a network when there is memory for it and what it computes.
  private func load(
    _ component: ComponentModel, for inputs: [NetworkInputs],
    _ progress: (Progress) throws -> Void
  ) throws -> any NetworkComponent {
    let need = MemoryNeed(
      weightByteCount: component.weightByteCount,
      activationByteCount: inputs.map(component.activationByteCount).max() ?? 0)
    try need.check(path: component.source.path)
    try progress(.loading(component.kind, byteCount: need.weightByteCount))
    return try component.load(backend)
  }
}

// MARK: Inputs that are built in

extension Calibrator {
  private func builtIn(_ progress: (Progress) throws -> Void) throws -> CalibrationSet {
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
    let base = model.base
    let own = Paths.join(base.checkpoint.path, FormatLibrary.schedulerPath)
    if base.checkpoint.format == .diffusers, Paths.exists(own) {
      return try NoiseSchedule(NetworkConfiguration(try readJSON(own), path: own))
    }
    guard let architecture = base.recognition.architecture else { throw unknownSchedule() }
    let prediction = try library.prediction(
      of: architecture, tensors: base.checkpoint.tensors.map(\.info.name),
      metadata: base.checkpoint.metadata
    ).prediction
    guard !prediction.isEDM,
      let value = try library.schedulerConfiguration(architecture, prediction: prediction)
    else { throw unknownSchedule() }
    return try NoiseSchedule(NetworkConfiguration(value, path: base.checkpoint.path))
  }

  private func unknownSchedule() -> NetworkError {
    NetworkError(
      status: .refused, what: "how this model removes noise is not known",
      place: model.base.checkpoint.path,
      advice: "give what it sees at its timesteps with --inputs, as weft forward takes it")
  }
}
