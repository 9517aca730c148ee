import WeftFiles
package import WeftFormats
package import WeftKernels
package import WeftNetworks
package import WeftTransform

/// Runs the networks of a candidate and of a reference on the same inputs, and compares the output of every module.
///
/// One network at a time is in memory: the reference's outputs are kept until the candidate's were compared with them.
package struct ForwardProver {
  /// How networks are compared.
  package struct Options: Sendable {
    /// The one component that is compared; nil for all that both models have.
    package var component: ComponentKind?
    /// The inputs of that component; nil for those that are built in.
    package var inputs: NetworkInputs?
    /// The largest relative L2 error of an output or module; nil for what the types take apart.
    package var tolerance: Double?
    /// A `config.json` in the place of the reference's own.
    package var configPath: String?
    /// What computes a network of the candidate; nil for what computes the reference.
    package var candidateBackend: (@Sendable (ComponentModel) throws -> any Backend)?
    /// Whether the candidate's weights are held as they are stored.
    package var keepsCandidateWeights = false
    /// The type that the candidate is computed in, as the table of tolerances has it; nil for float32.
    package var computedType: String?

    /// Makes options with every one at its default.
    package init() {}
  }

  private let candidate: AdaptedModel
  private let reference: AdaptedModel
  private let library: FormatLibrary
  private let backend: any Backend
  private let reader: ValueReader
  private let options: Options

  /// Makes a prover.
  ///
  /// - Parameters:
  ///   - candidate: the model that is in question.
  ///   - reference: the model that it should compute like, with adapters that are applied when it runs.
  ///   - library: what is known of models.
  ///   - backend: what computes both, unless the options have another for the candidate.
  ///   - reader: reads the weights.
  ///   - options: how they are compared.
  package init(
    _ candidate: AdaptedModel, reference: AdaptedModel, library: FormatLibrary,
    backend: any Backend, reader: ValueReader, options: Options
  ) {
    self.candidate = candidate
    self.reference = reference
    self.library = library
    self.backend = backend
    self.reader = reader
    self.options = options
  }

  /// Compares the networks that both models have, text encoders first: what they make of prompts is what UNets look at.
  ///
  /// `progress` is told which network comes next, and how many bytes of weights both have of it.
  ///
  /// - Throws: when a model cannot be read or run, or the two have no network in common.
  package func prove(
    progress: (_ kind: ComponentKind, _ byteCount: Int) throws -> Void
  ) throws -> ForwardReport {
    var encoded = EncodedPrompts()
    var results: [ForwardReport.Component] = []
    for kind in try shared() {
      let found = try model(kind, of: candidate, keepsWeights: options.keepsCandidateWeights)
      let expected = try model(kind, of: reference)
      try progress(kind, found.weightByteCount + expected.weightByteCount)
      results.append(try compare(found, expected, &encoded))
    }
    return ForwardReport(components: results)
  }

  /// The networks that both models have.
  private func shared() throws -> [ComponentKind] {
    if let component = options.component { return [component] }
    let (ours, theirs) = (Set(candidate.base.components), Set(reference.base.components))
    let common = ours.intersection(theirs)
    let both = ComponentKind.all.filter { !common.isDisjoint(with: $0.components) }
    guard !both.isEmpty else {
      throw VerifyError(
        what: "the models have no network in common that can be run",
        place: "\(candidate.base.checkpoint.path), \(reference.base.checkpoint.path)",
        advice: "see what they are with weft inspect")
    }
    let (encoders, others) = (both.filter(\.isTextEncoder), both.filter { !$0.isTextEncoder })
    return encoders + others
  }

  private func compare(
    _ found: ComponentModel, _ expected: ComponentModel, _ encoded: inout EncodedPrompts
  ) throws -> ForwardReport.Component {
    let sets = try inputs(expected, encoded)
    for set in sets { try expected.check(set.inputs) }
    try requireMemory(expected, found, sets.map(\.inputs))
    let runs = try run(expected, sets.map(\.inputs))
    if found.kind.isTextEncoder { encoded.add(runs.map(\.outputs)) }
    let differences = try differences(of: found, configuration: expected.configuration, runs)
    return ForwardReport.Component(
      name: found.kind.name,
      cases: sets.map { ForwardReport.Case(title: $0.title, timestep: $0.timestep) },
      outputs: differences.outputs,
      modules: differences.modules, tolerance: tolerance(found.kind),
      differingKeys: found.configuration.origin == .folder
        && expected.configuration.origin == .folder
        ? found.configuration.differences(from: expected.configuration) : [])
  }

  private func model(
    _ kind: ComponentKind, of model: AdaptedModel, keepsWeights: Bool = false
  ) throws -> ComponentModel {
    try ComponentModel(
      kind, of: model, configPath: options.configPath, library: library, reader: reader,
      keepsWeights: keepsWeights)
  }

  private func inputs(
    _ model: ComponentModel, _ encoded: EncodedPrompts
  ) throws -> [SampleInputs.Sample] {
    if let given = options.inputs {
      return [SampleInputs.Sample(title: "given inputs", inputs: given)]
    }
    return try SampleInputs(
      source: model.source, configuration: model.configuration, prompts: library.samplePrompts,
      encoded: encoded, plan: .comparison
    ).sets(model.inputs)
  }

  /// Refuses what does not fit into memory: the larger network, and what the reference's modules give for all inputs.
  private func requireMemory(
    _ expected: ComponentModel, _ found: ComponentModel, _ inputs: [NetworkInputs]
  ) throws {
    let needs = inputs.flatMap { [expected.need($0, on: backend), found.need($0, on: backend)] }
    // What modules give is kept as float32.
    let traced = inputs.map(expected.activationByteCount).reduce(0, +)
    let need = MemoryNeed(
      weightByteCount: needs.map(\.weightByteCount).max() ?? 0,
      activationByteCount: (needs.map(\.activationByteCount).max() ?? 0)
        + MemoryNeed.traceFactor * traced)
    try need.check(path: candidate.base.checkpoint.path)
  }

  private func tolerance(_ kind: ComponentKind) -> ForwardReport.Tolerance {
    if let tolerance = options.tolerance { return ForwardReport.Tolerance(tolerance) }
    return ForwardReport.Tolerance(
      candidate, reference, components: kind.components, computed: options.computedType,
      table: library.tolerances)
  }
}

// MARK: Runs

extension ForwardProver {
  /// The inputs and everything that came of them.
  private struct Run {
    let inputs: NetworkInputs
    let outputs: [NamedTensor]
    let trace: ActivationTrace
  }

  private func run(_ model: ComponentModel, _ inputs: [NetworkInputs]) throws -> [Run] {
    let network = try model.load(backend)
    return try inputs.map { inputs in
      let trace = ActivationTrace()
      let outputs = try network.finiteOutputs(inputs, Pass(backend, observer: trace))
      return Run(inputs: inputs, outputs: outputs, trace: trace)
    }
  }

  /// How the candidate's outputs differ from those of the reference's runs.
  ///
  /// The configuration is the reference's: a number of heads is no weight, and no file of weights has it.
  private func differences(
    of model: ComponentModel, configuration: NetworkConfiguration, _ runs: [Run]
  ) throws -> (outputs: [ForwardReport.Module], modules: [ForwardReport.Module]) {
    let backend = try options.candidateBackend?(model) ?? backend
    let network = try model.load(backend, configuration: configuration)
    var (outputs, modules) = (ModuleList(), ModuleList())
    for run in runs {
      let comparer = TraceComparer(run.trace)
      let found = try network.plainOutputs(run.inputs, Pass(backend, observer: comparer))
      for (expected, found) in zip(run.outputs, found) {
        outputs.add(found.name, Comparison(expected.tensor, found.tensor))
      }
      guard comparer.absent.isEmpty, comparer.left.isEmpty else {
        throw VerifyError(
          what: "the networks are not built alike: only one of them has, or has in this shape, "
            + (comparer.absent + comparer.left).prefix(3).joined(separator: ", "),
          place: candidate.base.checkpoint.path, advice: "compare models of one architecture")
      }
      for (path, numbers) in comparer.results { modules.add(path, numbers) }
    }
    return (outputs.modules, modules.modules)
  }

  /// Modules in the order in which they come first, with a result for each case.
  private struct ModuleList {
    private(set) var modules: [ForwardReport.Module] = []
    private var places: [String: Int] = [:]

    mutating func add(_ path: String, _ numbers: Comparison) {
      if let place = places[path] {
        modules[place].numbers.append(numbers)
      } else {
        places[path] = modules.count
        modules.append(ForwardReport.Module(path: path, numbers: [numbers]))
      }
    }
  }
}

extension SamplePlan {
  /// From much noise to little; the sizes of the fifth do not halve evenly, so that the way up must take those that the
  /// way down kept.
  fileprivate static let comparison = SamplePlan(
    steps: [
      (981, 16, 16), (801, 24, 16), (601, 32, 32), (401, 16, 24), (201, 18, 22), (21, 16, 16),
    ], pictures: [(128, 128), (96, 160)])
}
