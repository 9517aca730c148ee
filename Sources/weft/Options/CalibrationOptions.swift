import ArgumentParser
import WeftNetworks
import WeftTensors

/// What a network is calibrated on.
struct CalibrationOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Run on these tensors, as weft forward takes them, instead of what is built in; each file is a run.",
      valueName: "file"))
  var inputs: [String] = []

  @Option(
    help: ArgumentHelp(
      "How often to run on what is built in, 8 timesteps a prompt.", valueName: "n"))
  var samples = 32

  @Option(
    help: ArgumentHelp(
      "The size of the pictures in pixels, width x height, multiples of 8.", valueName: "wxh"))
  var size = PixelSize(width: 512, height: 512)

  @Option(
    help: ArgumentHelp(
      "The model whose text encoders encode the prompts (default: the model itself).",
      valueName: "path"))
  var encoders: String?

  @Option(
    help: ArgumentHelp(
      "The component's config.json of diffusers or transformers.", valueName: "file"))
  var config: String?

  func validate() throws {
    guard (1...100_000).contains(samples) else {
      throw ValidationError("--samples must be between 1 and 100000, not \(samples)")
    }
    if !inputs.isEmpty, encoders != nil {
      throw ValidationError("--inputs are encoded already: leave --encoders out")
    }
  }

  /// The options as the calibrator takes them.
  func calibrator(allowsNonFinite: Bool) throws -> Calibrator.Options {
    var options = Calibrator.Options()
    options.inputs = try inputs.map { try NetworkInputs.open($0) }
    options.runCount = samples
    options.size = (size.height, size.width)
    options.configPath = config
    options.allowsNonFinite = allowsNonFinite
    return options
  }
}

/// The size of a picture, such as `512x768`.
struct PixelSize: ExpressibleByArgument {
  let width: Int
  let height: Int

  /// The sizes that networks can halve three times in a latent, up to what memory holds.
  private static let range = 64...8192

  init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
    let sides = parts.compactMap { Int($0) }
    guard parts.count == 2, sides.count == 2,
      sides.allSatisfy({ Self.range.contains($0) && $0 % 8 == 0 })
    else { return nil }
    self.init(width: sides[0], height: sides[1])
  }

  var defaultValueDescription: String { "\(width)x\(height)" }
}
