import ArgumentParser
import WeftFiles
import WeftFormats
import WeftKernels
import WeftRecipes
import WeftTensors
import WeftTransform
import WeftVerify

/// Proves that a model is what it should be.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Prove that a model is a given fuse or merge, or has another model's weights.",
    discussion: """
      With --base and --adapter: the model must be what that fuse gives. Tensors that no adapter touches must be the \
      base's, byte for byte. The others are computed a second way, with products by OpenBLAS in float64; fewer than \
      1 in 2,000 of their elements may be off, and by no more than one unit in the last place, or one step of the \
      encoding. A model that was quantised in the same pass says so in its own recipe.
      With --recipe: the model must be what that recipe gives; it is computed a second way, as for --base.
      With --reference: the model must have the reference's weights, whatever the containers, layouts and types of \
      both; every value must be the reference's, rounded once where the type is another. A model that weft quantised \
      must have the bytes that quantising the reference in the same way gives; with --tolerance the values of any \
      quantised model are compared.
      With --level forward the networks of both models are run as well, on inputs that are built in (sizes, timesteps and \
      prompts) or given: for --base the adapters are computed beside the layers that they change. Every module's output \
      is compared, and the first that is further off than the types explain is named. Values of quantised models may be \
      apart as their types take them.
      With --level image both models make pictures of the same noise, on prompts that are built in or given: what every \
      step predicts of the reference's latents, the latents after the last step and the pictures must be as like as the \
      types explain; the page shows the pictures side by side.
      Exit code 0 when all is right, 1 when it is not, 2 when the question makes no sense, such as options that \
      contradict the recipe in the model.
      """)

  @Argument(help: "The model that is in question.")
  var candidate: String

  @Option(help: ArgumentHelp("The model that was fused into.", valueName: "file"))
  var base: String?

  @Option(help: ArgumentHelp("The model whose weights it should have.", valueName: "file"))
  var reference: String?

  @Option(
    help: ArgumentHelp("The recipe that it should be made by, a YAML file.", valueName: "file"))
  var recipe: String?

  @Option(
    name: .customLong("models"), parsing: .singleValue,
    help: ArgumentHelp(
      "A folder to look for models that the recipe names by their hashes alone.",
      valueName: "folder"))
  var folders: [String] = []

  @Option(
    help: ArgumentHelp(
      "How closely to look: structure, weights, forward or image.", valueName: "level"))
  var level: Proof.Level = .weights

  @OptionGroup(title: "Networks") var network: ForwardOptions
  @OptionGroup(title: "Pictures") var image: ImageOptions
  @OptionGroup(title: "Computing the model in question") var computing: BackendOptions

  @OptionGroup(title: "Recipe") var recipeOptions: RecipeOptions

  @Option(
    help: ArgumentHelp(
      "Accept tensors up to this relative L2 error instead of the exact values; with --level forward outputs and modules, with --level image predictions, instead of what types explain.",
      valueName: "error"))
  var tolerance: Double?

  @Option(
    help: ArgumentHelp(
      "The importance matrix that the model was quantised with.", valueName: "file"))
  var imatrix: String?

  @Option(help: ArgumentHelp("Write the proof as an HTML page.", valueName: "file"))
  var html: String?

  @Option(help: ArgumentHelp("Write the checks as JUnit XML.", valueName: "file"))
  var junit: String?

  @Flag(help: "Replace existing pages.")
  var force = false

  @OptionGroup(title: "Work") var threadOptions: ThreadOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func validate() throws {
    if let tolerance, !(tolerance >= 0 && tolerance.isFinite) {
      throw ValidationError("--tolerance must be a number from 0 up")
    }
    guard [base, reference, recipe].compactMap(\.self).count == 1 else {
      throw ValidationError(
        "give --base with --adapter (is it that fuse?), --recipe (is it that merge?) or --reference (are the weights "
          + "equal?)")
    }
    if reference != nil, tolerance != nil, imatrix != nil {
      throw ValidationError("--tolerance compares values, whatever gave them: leave --imatrix out")
    }
    if recipe != nil, !recipeOptions.adapter.isEmpty {
      throw ValidationError("a recipe names its adapters: leave --adapter out")
    }
    if recipe == nil, !folders.isEmpty { throw ValidationError("--models goes with --recipe") }
    if reference != nil, !recipeOptions.adapter.isEmpty {
      throw ValidationError("--adapter goes with --base, not with --reference")
    }
    if level != .forward, network.isGiven {
      throw ValidationError("--component, --inputs and --config go with --level forward")
    }
    if level != .image, image.isGiven {
      throw ValidationError("--prompt, --seed, --steps and --size go with --level image")
    }
    if !level.runsNetworks, computing.isGiven {
      throw ValidationError("--backend and --weights go with --level forward and --level image")
    }
    if level == .forward, computing.precision == .int8, network.component == nil {
      throw ValidationError("a calibration is that of one network: add --component")
    }
  }

  func run() throws {
    let inputs = try Checkpoint.open(candidate).files
    let page = try html.map { try SmallFile(path: $0, replacing: force, inputs: inputs) }
    let suite = try junit.map {
      try SmallFile(path: $0, replacing: force, inputs: inputs, otherOutput: html)
    }
    let proof = try prove()
    let against =
      reference ?? recipe ?? ([base ?? ""] + recipeOptions.adapter).joined(separator: " + ")
    try page?.write(ProofPage(proof, candidate: candidate, reference: against).html)
    try suite?.write(ProofSuite(proof, candidate: candidate).xml)
    let lines = VerifyText.lines(proof, candidate: candidate)
    Console.printResult(
      talk.json ? proof.json.compactText : lines.map(printable).joined(separator: "\n"))
    if !proof.passes { throw ExitCode(ExitStatus.answerIsNo.rawValue) }
  }

  private func prove() throws -> Proof {
    let model = try Checkpoint.open(candidate)
    let question = try VerifyQuestion(self, about: model)
    let display = talk.display(label: "verify", totalByteCount: model.byteCount)
    defer { display.finish() }
    let weights = try question.weights { display.add($0) }
    guard level.runsNetworks else { return weights }
    display.finish()
    return try level == .forward ? question.forward(weights) : question.image(weights)
  }
}

extension Proof.Level: ExpressibleByArgument {}
