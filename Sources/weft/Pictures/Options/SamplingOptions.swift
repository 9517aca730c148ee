import ArgumentParser
import WeftFormats
import WeftInference

/// How noise becomes a picture.
struct SamplingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The steps from noise to a picture (default: 20).", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "How strongly the prompt guides; 1 is without guidance and twice as quick (default: 7).",
      valueName: "s"))
  var cfgScale: Double?

  @Option(
    help: ArgumentHelp(
      "How far guided predictions get their contrast back, from 0 to 1.", valueName: "phi"))
  var cfgRescale: Double?

  @Option(
    name: [.long, .customLong("sampling-method")],
    help: ArgumentHelp(
      "The sampler (default: the model's own).",
      discussion: SamplerNames.samplers, valueName: "name"))
  var sampler: String?

  @Option(
    name: [.long, .customLong("scheduler")],
    help: ArgumentHelp(
      "How the steps are spread (default: the sampler's or the model's own).",
      discussion: SamplerNames.schedules, valueName: "name"))
  var schedule: String?

  @Option(
    help: ArgumentHelp(
      "Whose definition is meant where they differ: diffusers or k-diffusion, which A1111 and ComfyUI use.",
      valueName: "style"))
  var samplerStyle: SamplerStyle?

  @Option(
    help: ArgumentHelp(
      "How much fresh noise a sampler adds that has a choice: 0 none, 1 all.", valueName: "eta"))
  var eta: Double?

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp(
      "The seed of the first picture; -1 for a new one (default: 42).", valueName: "n"))
  var seed: Int?

  @Option(
    help: ArgumentHelp(
      "Whose random numbers are drawn: torch as on a CPU, or philox as on a GPU of NVIDIA (default: torch).",
      valueName: "source"))
  var rng: NoiseSource?

  @Option(
    name: [.long, .customLong("subseed")], parsing: .unconditional,
    help: ArgumentHelp("The seed of another noise that is mixed in.", valueName: "n"))
  var variationSeed: Int?

  @Option(
    name: [.long, .customLong("subseed-strength")],
    help: ArgumentHelp("How much of the other noise is mixed in, from 0 to 1.", valueName: "s"))
  var variationStrength: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What is added to the seed for the noise of the steps (ENSD of A1111).", valueName: "n"))
  var etaSeedDelta: Int?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The number of pictures, each with the next seed.", valueName: "n"))
  var batch = 1

  func validate() throws {
    if let steps, !(1...1000).contains(steps) {
      throw ValidationError("--steps must be from 1 to 1000, not \(steps)")
    }
    if let cfgScale, !cfgScale.isFinite || !(0...100).contains(cfgScale) {
      throw ValidationError("--cfg-scale must be from 0 to 100, not \(cfgScale)")
    }
    for (name, value) in [
      ("cfg-rescale", cfgRescale), ("eta", eta), ("variation-strength", variationStrength),
    ] {
      if let value, !(0...1).contains(value) {
        throw ValidationError("--\(name) must be from 0 to 1, not \(value)")
      }
    }
    guard (1...1024).contains(batch) else {
      throw ValidationError("--batch must be from 1 to 1024, not \(batch)")
    }
    if let seed, seed < -1 {
      throw ValidationError("--seed must be 0 or more, or -1 for a new one, not \(seed)")
    }
    if let variationSeed, variationSeed < 0 {
      throw ValidationError("--variation-seed must be 0 or more, not \(variationSeed)")
    }
  }

  /// What is set.
  func apply(to settings: inout PictureSettings) {
    settings.steps = steps
    settings.guidance = cfgScale
    settings.guidanceRescale = cfgRescale
    settings.sampler = sampler
    settings.schedule = schedule
    settings.samplerStyle = samplerStyle?.rawValue
    settings.eta = eta
    settings.seed = seed
    settings.noiseSource = rng?.rawValue
    settings.variationSeed = variationSeed
    settings.variationStrength = variationStrength
    settings.stepSeedOffset = etaSeedDelta
  }
}

extension SamplerStyle: ExpressibleByArgument {}
extension NoiseSource: ExpressibleByArgument {
  /// Takes the words of sd-cli and A1111, too.
  public init?(argument: String) {
    switch argument.lowercased() {
    case "torch", "cpu": self = .torch
    case "philox", "cuda", "gpu", "nv": self = .philox
    default: return nil
    }
  }
}

/// The names of samplers and schedules, for help texts.
enum SamplerNames {
  private static let catalog = (try? FormatLibrary.embedded()).map(SamplerCatalog.init)

  /// The samplers.
  static var samplers: String {
    "One of " + (catalog?.samplers.map(\.id) ?? []).joined(separator: ", ")
      + "; names of A1111, sd-cli, k-diffusion and diffusers are understood, too."
  }

  /// The schedules.
  static var schedules: String {
    "One of " + (catalog?.schedules.map(\.id) ?? []).joined(separator: ", ") + "."
  }
}
