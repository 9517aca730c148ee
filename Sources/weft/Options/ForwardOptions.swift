import ArgumentParser
import WeftNetworks
import WeftVerify

/// Which networks `verify` runs, and on what.
struct ForwardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run this network alone: \(ComponentKind.all.map(\.name).joined(separator: ", ")).",
      valueName: "name"))
  var component: String?

  @Option(
    help: ArgumentHelp(
      "The tensors that go into --component, as weft forward takes them.", valueName: "file"))
  var inputs: String?

  @Option(
    help: ArgumentHelp(
      "The config.json of --component, where the models do not tell.", valueName: "file"))
  var config: String?

  /// Whether anything was given.
  var isGiven: Bool { component != nil || inputs != nil || config != nil }

  func validate() throws {
    if let component, ComponentKind.named(component) == nil {
      throw ValidationError(
        "there is no component '\(component)'; there are "
          + ComponentKind.all.map(\.name).joined(separator: ", "))
    }
    if component == nil, inputs != nil || config != nil {
      throw ValidationError("--inputs and --config are those of one network: add --component")
    }
  }

  /// The options as the prover takes them.
  func prover(
    tolerance: Double?, _ computing: BackendOptions, threads: Int
  ) throws -> ForwardProver.Options {
    var options = ForwardProver.Options()
    if computing.backend == .fast {
      options.candidateBackend = { try computing.backend(threads: threads, for: $0) }
      options.computedType = computing.precision.tolerated
    }
    options.keepsCandidateWeights = computing.weights == .keep
    options.component = component.flatMap(ComponentKind.named)
    options.inputs = try inputs.map { try NetworkInputs.open($0) }
    options.configPath = config
    options.tolerance = tolerance
    return options
  }
}
