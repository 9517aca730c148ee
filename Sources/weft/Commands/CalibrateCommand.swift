import ArgumentParser
import WeftFiles
import WeftFormats
import WeftNetworks
import WeftTensors
import WeftTransform

/// Measures what goes into the layers of a network.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Measure what goes into a network's layers, for better quantisation.",
    discussion: """
      Runs the network and adds up the squares of what each column of each weight is multiplied with; of a convolution, of \
      each element of the kernel, zeros beyond the border included. weft quantize --imatrix then keeps the errors small \
      where they would do harm. The output is llama.cpp's importance matrix, as GGUF (.gguf) or in the older form (.dat, \
      .imatrix), under the names of the model's own tensors; a model of the same architecture in another layout finds them, \
      too.

      A UNet denoises latents from noise to picture by its own predictions, 8 timesteps a prompt, with 24 prompts of \
      many kinds through the model's own text encoders; text encoders see the prompts, other networks noise and soft \
      waves. Pictures that matter to you are better: give them with --inputs.

      --int8 also writes what weft forward --precision int8 needs, as JSON: the largest magnitude that goes into each \
      layer, from which 8-bit integers get their scale, how far each layer alone takes the output apart with them, and \
      which layers are therefore computed with them. That takes a run for every layer. -o FILE.json writes nothing else.
      """)

  @Argument(help: "The model.")
  var model: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The output: .gguf, .dat or .imatrix; .json for the scales alone.", valueName: "file"))
  var output: String

  @Option(help: ArgumentHelp("Write what --precision int8 needs, too.", valueName: "file"))
  var int8: String?

  @Option(
    help: ArgumentHelp(
      "How far integers may take the output apart from that of bf16, relative L2 (default: 0.02).",
      valueName: "x"))
  var int8Error: Double?

  @Option(
    help: ArgumentHelp(
      "Add up with this importance matrix of the same model; may be given again.",
      valueName: "file"))
  var add: [String] = []

  @Option(
    help: ArgumentHelp(
      "The network: \(ComponentKind.all.map(\.name).joined(separator: ", ")).", valueName: "name"))
  var component = "unet"

  @OptionGroup(title: "Calibration") var calibration: CalibrationOptions
  @OptionGroup(title: "Computing") var computing: BackendOptions
  @OptionGroup(title: "Work") var work: WorkOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    guard form != nil else {
      throw ValidationError("--output must end in .gguf, .dat, .imatrix or .json")
    }
    if form == .scales, int8 != nil || !add.isEmpty {
      throw ValidationError("the output is JSON for 8-bit integers: leave --int8 and --add out")
    }
    if let int8Error {
      guard form == .scales || int8 != nil else {
        throw ValidationError("--int8-error is a limit for what --int8 writes")
      }
      guard int8Error > 0 else {
        throw ValidationError("--int8-error must be above 0, not \(int8Error)")
      }
    }
    guard ComponentKind.named(component) == nil else { return }
    throw ValidationError(
      "there is no component '\(component)'; there are "
        + ComponentKind.all.map(\.name).joined(separator: ", "))
  }

  /// What the output is.
  private enum Form: Equatable {
    case matrix(ImportanceRecord.Format)
    case scales
  }

  private var form: Form? {
    switch output.split(separator: ".").last?.lowercased() {
    case "gguf": .matrix(.gguf)
    case "dat", "imatrix": .matrix(.legacy)
    case "json": .scales
    default: nil
    }
  }

  func run() throws {
    guard let kind = ComponentKind.named(component), let form else { return }
    let job = try CalibrationJob(self, kind)
    // Before the work: an output that cannot be written, and files that cannot be read.
    try OutputFile.check(output, replacing: work.force, inputs: job.files)
    let scales = try int8.map {
      try SmallFile(path: $0, replacing: work.force, inputs: job.files, otherOutput: output)
    }
    let added = try add.map { (path: $0, record: try ImportanceRecord.read($0)) }
    let outcome = try job.run()
    switch form {
    case .matrix(let format):
      var record = outcome.result.importance(dataset: job.dataset)
      for other in added { try record.add(other.record, path: other.path) }
      try record.write(
        to: output, as: format, replacing: work.force, syncs: !work.noSync, inputs: job.files)
      try scales?.write(job.int8(outcome).json.prettyText + "\n")
    case .scales:
      try SmallFile(path: output, replacing: work.force, inputs: job.files)
        .write(job.int8(outcome).json.prettyText + "\n")
    }
    report(outcome)
  }

  private func report(_ outcome: CalibrationJob.Outcome) {
    if talk.json { return Console.printResult(outcome.json(command: self).compactText) }
    guard !talk.quiet else { return }
    let result = outcome.result
    let time = HumanText.seconds(outcome.runSeconds)
    Console.printResult(
      printable(
        "\(output): \(HumanText.count(result.layers.count, "layer")) of the \(component), "
          + "measured in \(HumanText.count(result.runCount, "run")) and \(time)"))
  }
}
