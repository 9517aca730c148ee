import ArgumentParser
import WeftFiles
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTransform

/// Runs one network of a model on given tensors.
struct ForwardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forward",
    abstract: "Run one network of a model on given tensors.",
    discussion: """
      Reads the named tensors of IN, computes the network in float32 and writes its outputs. The model may be a whole \
      checkpoint, a diffusers folder or the component alone, in any container, type, quantisation and layout. What the \
      shapes of the weights do not tell, such as the number of heads, comes from --config, the folder's own config.json or \
      the architecture. Missing or unfit inputs, and values that become NaN or infinite, are named (exit code 65); so is \
      the memory that is needed when there is too little (74).

      A file that lacks inputs, or has others, is answered with the names and shapes that the network takes.
      """)

  @Argument(help: "The model.")
  var model: String

  @Option(
    help: ArgumentHelp(
      "The network: \(ComponentKind.all.map(\.name).joined(separator: ", ")).", valueName: "name"))
  var component: String

  @Option(
    help: ArgumentHelp("The tensors that go in, of any float or integer type.", valueName: "file"))
  var inputs: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The output, a .safetensors file.", valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "The component's config.json of diffusers or transformers.", valueName: "file"))
  var config: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "An adapter that is computed beside the layers that it changes; may be given again.",
      discussion: "The scale is written as for weft fuse.", valueName: "path[:scale]"))
  var adapter: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Add the outputs of the modules whose diffusers path fits, as trace.PATH; may be given again.",
      valueName: "glob"))
  var trace: [String] = []

  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp("Run the network so many times, to see how long it takes.", valueName: "n"))
  var runCount = 1

  @Flag(help: "Say what the time of the last run went to.")
  var profile = false

  @OptionGroup(title: "Computing") var computing: BackendOptions
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    guard output.hasSuffix(".safetensors") else {
      throw ValidationError("--output must end in .safetensors, which is what is written")
    }
    guard runCount > 0 else { throw ValidationError("--repeat must be 1 or more") }
    guard ComponentKind.named(component) == nil else { return }
    throw ValidationError(
      "there is no component '\(component)'; there are "
        + ComponentKind.all.map(\.name).joined(separator: ", "))
  }

  func run() throws {
    guard let kind = ComponentKind.named(component) else { return }
    let given = try NetworkInputs.open(inputs)
    let library = try FormatLibrary.embedded()
    let model = try adaptedModel(library)
    let files = model.base.checkpoint.files + given.files
    try OutputFile.check(output, replacing: work.force, inputs: files)
    let result = try compute(kind, model, given, library)
    try TensorOutput.write(
      result.outputs, to: output, replacing: work.force, syncs: !work.noSync, inputs: files)
    report(result)
  }

  /// The model with the adapters.
  private func adaptedModel(_ library: FormatLibrary) throws -> AdaptedModel {
    guard !adapter.isEmpty else {
      return AdaptedModel(try BaseModel.openAnything(model, library: library))
    }
    let requests = try adapter.map { try AdapterRequest(argument: $0) }
    return try AdaptedModel.open(
      FuseRecipe(basePath: model, adapters: requests), library: library)
  }

  /// Checks everything that can be told before the weights are read, loads the network and runs it.
  private func compute(
    _ kind: ComponentKind, _ model: AdaptedModel, _ inputs: NetworkInputs, _ library: FormatLibrary
  ) throws -> ForwardResult {
    let meter = LoadMeter()
    let found = try ComponentModel(
      kind, of: model, configPath: config, library: library,
      reader: ValueReader(
        threads: work.threadOptions.count, allowsNonFinite: work.allowNonFinite,
        progress: meter.add),
      keepsWeights: computing.weights == .keep)
    try found.check(inputs, allowsNonFinite: work.allowNonFinite)
    // What is traced is held beside what is computed.
    let factor = trace.isEmpty ? 1 : 1 + MemoryNeed.traceFactor
    let backend = try measured(computing.backend(threads: work.threadOptions.count, for: found))
    let need = found.need(inputs, on: backend, activationFactor: factor)
    try need.check(path: model.base.checkpoint.path)
    if found.guessesHeads, !talk.quiet {
      Console.warn(
        "the number of heads is a guess, since no published model has these sizes: give --config")
    }
    Interruption.endProgramCleanly()
    let start = ContinuousClock.now
    let display = talk.display(label: "load", totalByteCount: found.weightByteCount)
    let network = try meter.shown(display) { try found.load(backend) }
    let loaded = ContinuousClock.now
    let (outputs, seconds) = try runs(network, inputs, backend)
    return ForwardResult(
      outputs: outputs, architecture: found.architecture,
      configuration: found.configuration.origin, need: need,
      loadSeconds: (loaded - start).inSeconds,
      runSeconds: seconds,
      activationByteCount: backend.pool.peakByteCount,
      profile: (backend as? ProfiledBackend)?.profile.entries)
  }

  /// The backend, whose operations are measured when that is asked for.
  private func measured(_ backend: any Backend) -> any Backend {
    profile ? ProfiledBackend(backend) : backend
  }

  /// The outputs of the last run, and how long each took.
  private func runs(
    _ network: any NetworkComponent, _ inputs: NetworkInputs, _ backend: any Backend
  ) throws -> (outputs: [NamedTensor], seconds: [Double]) {
    var (outputs, seconds): ([NamedTensor], [Double]) = ([], [])
    for _ in 0..<runCount {
      outputs = []  // their memory serves the next run
      (backend as? ProfiledBackend)?.profile.reset()  // the last run is shown
      let start = ContinuousClock.now
      outputs = try run(network, inputs, backend)
      seconds.append((ContinuousClock.now - start).inSeconds)
    }
    return (outputs, seconds)
  }

  /// The outputs, and those of the modules that are traced.
  private func run(
    _ network: any NetworkComponent, _ inputs: NetworkInputs, _ backend: any Backend
  ) throws -> [NamedTensor] {
    let observer = trace.isEmpty ? nil : ModuleTrace(trace.map(Glob.init))
    let pass = Pass(backend, observer: observer)
    let outputs =
      work.allowNonFinite
      ? try network.plainOutputs(inputs, pass) : try network.finiteOutputs(inputs, pass)
    try refuseIdle(observer)
    return outputs + (observer?.outputs ?? [])
  }

  /// Refuses patterns that fit no module: a wrong path would go unnoticed.
  private func refuseIdle(_ trace: ModuleTrace?) throws {
    guard let idle = trace?.idle, !idle.isEmpty else { return }
    throw NetworkError(
      status: .refused, what: "no module fits " + idle.map { "'\($0)'" }.joined(separator: ", "),
      place: model, advice: "give paths as diffusers has them; --trace '*' shows all")
  }

  private func report(_ result: ForwardResult) {
    if talk.json {
      return Console.printResult(
        result.json(command: self, peak: Environment.peakMemoryByteCount).compactText)
    }
    guard !talk.quiet else { return }
    let names = result.outputs.map { "  \($0.name) \($0.tensor.shape)" }
    let title =
      "\(output): loaded in \(HumanText.seconds(result.loadSeconds)), computed in "
      + result.runSeconds.map(HumanText.seconds).joined(separator: ", ")
    let lines = [title] + names + result.profileLines
    Console.printResult(lines.map(printable).joined(separator: "\n"))
  }
}
